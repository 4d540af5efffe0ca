CREATE TABLE "whetstone"."observations" (
	"target" text NOT NULL,
	"sha256" text NOT NULL,
	"content" "bytea" NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "observations_target_sha256_pk" PRIMARY KEY("target","sha256")
);
