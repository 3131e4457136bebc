-- DropIndex
DROP INDEX IF EXISTS "LiteLLM_DailyTagSpend_tag_key";

