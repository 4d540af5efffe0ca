CREATE TABLE "whetstone"."attempts" (
	"target" text NOT NULL,
	"pattern" text NOT NULL,
	"dataset_version" text NOT NULL,
	"patch_sha256" text NOT NULL,
	"number" integer NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "attempts_target_pattern_dataset_version_patch_sha256_pk" PRIMARY KEY("target","pattern","dataset_version","patch_sha256"),
	CONSTRAINT "attempts_number" UNIQUE("target","pattern","dataset_version","number")
);
--> statement-breakpoint
CREATE TABLE "whetstone"."candidates" (
	"id" text PRIMARY KEY NOT NULL,
	"target" text NOT NULL,
	"case_id" text,
	"pattern" text,
	"patch" text NOT NULL,
	"patch_sha256" text NOT NULL,
	"kind" text NOT NULL,
	"label" text NOT NULL,
	"plan_id" text,
	"rationale" text NOT NULL,
	"submitted_by" text NOT NULL,
	"state" text DEFAULT 'submitted' NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "whetstone"."cases" (
	"target" text NOT NULL,
	"id" text NOT NULL,
	"pattern" text NOT NULL,
	"query" text,
	"state" text NOT NULL,
	"check" text,
	"detail" text NOT NULL,
	"certificate" jsonb,
	"path" text,
	"dataset" text,
	"version" integer,
	"split" text,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "cases_target_id_pk" PRIMARY KEY("target","id")
);
--> statement-breakpoint
CREATE TABLE "whetstone"."cells" (
	"target" text NOT NULL,
	"case_id" text NOT NULL,
	"plan_id" text NOT NULL,
	"kind" text NOT NULL,
	"label" text NOT NULL,
	"state" text NOT NULL,
	"median_ms" double precision,
	"first_ms" double precision,
	"storage_bytes" bigint,
	"build_ms" double precision,
	"fate" text,
	"detail" text NOT NULL,
	"engine" text,
	"allowed" boolean NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "cells_target_case_id_plan_id_pk" PRIMARY KEY("target","case_id","plan_id")
);
--> statement-breakpoint
CREATE TABLE "whetstone"."events" (
	"seq" bigserial PRIMARY KEY NOT NULL,
	"target" text NOT NULL,
	"key" text,
	"at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"kind" text NOT NULL,
	"data" jsonb NOT NULL
);
--> statement-breakpoint
CREATE TABLE "whetstone"."frontier" (
	"target" text NOT NULL,
	"dataset" text NOT NULL,
	"version" integer NOT NULL,
	"case_id" text NOT NULL,
	"since" timestamp (3) with time zone NOT NULL,
	"best_attempt" jsonb,
	"audit" jsonb NOT NULL,
	"outcome" text,
	CONSTRAINT "frontier_target_dataset_version_case_id_pk" PRIMARY KEY("target","dataset","version","case_id")
);
--> statement-breakpoint
CREATE TABLE "whetstone"."loops" (
	"target" text NOT NULL,
	"id" text NOT NULL,
	"started_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"finished_at" timestamp (3) with time zone,
	"base_revision" text NOT NULL,
	"config_sha256" text NOT NULL,
	"state" text DEFAULT 'running' NOT NULL,
	"summary" jsonb,
	CONSTRAINT "loops_target_id_pk" PRIMARY KEY("target","id")
);
--> statement-breakpoint
CREATE TABLE "whetstone"."patterns" (
	"target" text NOT NULL,
	"id" text NOT NULL,
	"fingerprint" text NOT NULL,
	"query" text,
	"count" bigint NOT NULL,
	"total_ms" double precision NOT NULL,
	"share" double precision NOT NULL,
	"p50_ms" double precision NOT NULL,
	"p95_ms" double precision NOT NULL,
	"max_ms" double precision NOT NULL,
	"first_seen" timestamp (3) with time zone,
	"last_seen" timestamp (3) with time zone,
	"samples" jsonb NOT NULL,
	CONSTRAINT "patterns_target_id_pk" PRIMARY KEY("target","id")
);
--> statement-breakpoint
CREATE TABLE "whetstone"."pull_requests" (
	"target" text NOT NULL,
	"number" integer NOT NULL,
	"pattern" text NOT NULL,
	"candidate_id" text NOT NULL,
	"branch" text NOT NULL,
	"commit" text NOT NULL,
	"state" text DEFAULT 'open' NOT NULL,
	"url" text,
	"title" text NOT NULL,
	"body" text NOT NULL,
	"speedup" double precision NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "pull_requests_target_number_pk" PRIMARY KEY("target","number"),
	CONSTRAINT "pull_requests_candidate" UNIQUE("candidate_id"),
	CONSTRAINT "pull_requests_branch" UNIQUE("target","branch")
);
--> statement-breakpoint
CREATE TABLE "whetstone"."runs" (
	"target" text NOT NULL,
	"id" text NOT NULL,
	"kind" text NOT NULL,
	"dataset" text NOT NULL,
	"version" integer NOT NULL,
	"dataset_sha256" text NOT NULL,
	"revision" text NOT NULL,
	"patch_sha256" text,
	"started_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "runs_target_id_pk" PRIMARY KEY("target","id")
);
--> statement-breakpoint
CREATE TABLE "whetstone"."sources" (
	"target" text NOT NULL,
	"path" text NOT NULL,
	"bytes" bigint NOT NULL,
	"sha256" text NOT NULL,
	"signals" bigint NOT NULL,
	"read_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "sources_target_path_pk" PRIMARY KEY("target","path")
);
--> statement-breakpoint
CREATE TABLE "whetstone"."spending" (
	"target" text NOT NULL,
	"id" text NOT NULL,
	"loop" text,
	"kind" text NOT NULL,
	"amount" double precision NOT NULL,
	"unit" text NOT NULL,
	"at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "spending_target_id_pk" PRIMARY KEY("target","id")
);
--> statement-breakpoint
CREATE TABLE "whetstone"."trials" (
	"target" text NOT NULL,
	"id" text NOT NULL,
	"run" text NOT NULL,
	"case_id" text NOT NULL,
	"variant" text NOT NULL,
	"arm" text NOT NULL,
	"revision" text NOT NULL,
	"session" integer NOT NULL,
	"outcome" text NOT NULL,
	"ms" double precision,
	"cut" boolean NOT NULL,
	"seen" jsonb,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "trials_target_id_pk" PRIMARY KEY("target","id")
);
--> statement-breakpoint
CREATE TABLE "whetstone"."verdicts" (
	"target" text NOT NULL,
	"candidate_id" text NOT NULL,
	"run" text NOT NULL,
	"verdict" text NOT NULL,
	"reasons" jsonb NOT NULL,
	"document" jsonb NOT NULL,
	"evidence" jsonb,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "verdicts_candidate_id_run_pk" PRIMARY KEY("candidate_id","run")
);
--> statement-breakpoint
ALTER TABLE "whetstone"."pull_requests" ADD CONSTRAINT "pull_requests_candidate_id_candidates_id_fk" FOREIGN KEY ("candidate_id") REFERENCES "whetstone"."candidates"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "whetstone"."verdicts" ADD CONSTRAINT "verdicts_candidate_id_candidates_id_fk" FOREIGN KEY ("candidate_id") REFERENCES "whetstone"."candidates"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "candidates_case" ON "whetstone"."candidates" USING btree ("target","case_id");--> statement-breakpoint
CREATE INDEX "cases_pattern" ON "whetstone"."cases" USING btree ("target","pattern");--> statement-breakpoint
CREATE UNIQUE INDEX "events_key" ON "whetstone"."events" USING btree ("target","key");--> statement-breakpoint
CREATE INDEX "loops_started" ON "whetstone"."loops" USING btree ("target","started_at");--> statement-breakpoint
CREATE INDEX "trials_run" ON "whetstone"."trials" USING btree ("target","run");