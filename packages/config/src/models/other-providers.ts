/**
 * Providers whose models are all offered by their own names (`openai/gpt-…`) once their key is given. Azure's,
 * Databricks' and Azure AI's need addresses of the account as well, so they are for a model list of one's own.
 * Source: LiteLLM 1.106.2, `litellm.provider_list` and its `…_API_KEY` variables (read 2026-11-23).
 */
export const otherProviders: readonly { readonly key: string; readonly prefix: string }[] = [
  { key: 'OPENAI_API_KEY', prefix: 'openai' },
  { key: 'ANTHROPIC_API_KEY', prefix: 'anthropic' },
  { key: 'GEMINI_API_KEY', prefix: 'gemini' },
  { key: 'GROQ_API_KEY', prefix: 'groq' },
  { key: 'MISTRAL_API_KEY', prefix: 'mistral' },
  { key: 'CODESTRAL_API_KEY', prefix: 'codestral' },
  { key: 'COHERE_API_KEY', prefix: 'cohere_chat' },
  { key: 'CO_API_KEY', prefix: 'cohere_chat' },
  { key: 'DEEPSEEK_API_KEY', prefix: 'deepseek' },
  { key: 'XAI_API_KEY', prefix: 'xai' },
  { key: 'PERPLEXITYAI_API_KEY', prefix: 'perplexity' },
  { key: 'NVIDIA_NIM_API_KEY', prefix: 'nvidia_nim' },
  { key: 'HF_TOKEN', prefix: 'huggingface' },
  { key: 'HUGGINGFACE_API_KEY', prefix: 'huggingface' },
  { key: 'GITHUB_API_KEY', prefix: 'github' },
  { key: 'AI21_API_KEY', prefix: 'ai21_chat' },
];
