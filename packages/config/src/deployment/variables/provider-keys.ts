import * as z from 'zod';
import { url } from '../../value-types.ts';

const key = (whose: string) => z.string().optional().describe(`${whose} Kept in Secrets Manager, for LiteLLM alone.`);

/**
 * Secrets by the names that LiteLLM 1.106.2 reads, or that the original had and a model list can name
 * (`api_key: os.environ/…`).
 */
export const providerKeyVariables = {
  OPENAI_API_KEY: key('The key of OpenAI.'),
  AZURE_OPENAI_API_KEY: key("Azure OpenAI's, which LiteLLM takes after AZURE_API_KEY."),
  AZURE_API_KEY: key("Azure OpenAI's."),
  ANTHROPIC_API_KEY: key("Anthropic's."),
  GROQ_API_KEY: key("Groq's."),
  COHERE_API_KEY: key("Cohere's."),
  CO_API_KEY: key("Cohere's, by its other name."),
  HF_TOKEN: key("Hugging Face's."),
  HUGGINGFACE_API_KEY: key("Hugging Face's, by its other name."),
  DATABRICKS_API_KEY: key("Databricks's."),
  GEMINI_API_KEY: key("Google AI Studio's."),
  CODESTRAL_API_KEY: key("Codestral's."),
  MISTRAL_API_KEY: key("Mistral's."),
  AZURE_AI_API_KEY: key("Azure AI's."),
  NVIDIA_NIM_API_KEY: key("NVIDIA NIM's."),
  XAI_API_KEY: key("xAI's."),
  PERPLEXITYAI_API_KEY: key("Perplexity's."),
  GITHUB_API_KEY: key("GitHub Models'."),
  DEEPSEEK_API_KEY: key("DeepSeek's."),
  AI21_API_KEY: key("AI21's."),
  LANGSMITH_API_KEY: key("LangSmith's, where calls are logged to."),
  LANGFUSE_SECRET_KEY: key("Langfuse's secret key, where calls are logged to."),
};

/** What LiteLLM is told of those who log for it, and is no secret. */
export const callbackVariables = {
  LANGSMITH_PROJECT: z.string().optional().describe('The project of LangSmith.'),
  LANGSMITH_DEFAULT_RUN_NAME: z.string().optional().describe('The name of its runs.'),
  LANGFUSE_PUBLIC_KEY: z.string().optional().describe("Langfuse's public key."),
  LANGFUSE_HOST: url(['https:']).optional().describe('Where Langfuse is, when it is your own.'),
};
