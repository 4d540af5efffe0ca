ALTER TABLE "whetstone"."attempts" RENAME COLUMN "dataset_version" TO "holdout";--> statement-breakpoint
ALTER TABLE "whetstone"."attempts" DROP CONSTRAINT "attempts_number";--> statement-breakpoint
ALTER TABLE "whetstone"."attempts" DROP CONSTRAINT "attempts_target_pattern_dataset_version_patch_sha256_pk";--> statement-breakpoint
ALTER TABLE "whetstone"."attempts" ADD CONSTRAINT "attempts_target_pattern_holdout_number_pk" PRIMARY KEY("target","pattern","holdout","number");--> statement-breakpoint
ALTER TABLE "whetstone"."attempts" ADD COLUMN "run" text;--> statement-breakpoint
UPDATE "whetstone"."attempts" SET "run" = concat_ws('/', 'before-runs', "pattern", "holdout", "number");--> statement-breakpoint
ALTER TABLE "whetstone"."attempts" ALTER COLUMN "run" SET NOT NULL;--> statement-breakpoint
ALTER TABLE "whetstone"."attempts" ADD CONSTRAINT "attempts_run" UNIQUE("target","run");
