/** What the generations of Claude differ in. */
export interface ClaudeTraits {
  /** How thinking can be asked for: by a budget (`enabled`), by `adaptive`, by both, or not at all. */
  readonly thinking: 'none' | 'budget' | 'both' | 'adaptive';
  /** Whether temperature and top_p may be set together, one of them, or neither. */
  readonly samplers: 'both' | 'one' | 'none';
  /** Whether a conversation may end with a message of the assistant, to be gone on with. */
  readonly takesPrefill: boolean;
  /** Whether a tool may be forced. */
  readonly takesForcedTool: boolean;
  /** Whether messages of the role `system` may stand in mid-conversation. */
  readonly takesSystemMessages: boolean;
}

const NAME = /claude-(?:(\d)(?:-(\d))?-)?([a-z]+)(?:-(\d)(?:-(\d{1,2})(?!\d))?)?/;

/**
 * The traits of a model by its name, such as `anthropic.claude-opus-4-6-v1`. A name that tells no generation gets the
 * most lenient ones. Source: `supports_*` of LiteLLM 1.106.2's list of models (read 2026-11-23), and for the samplers
 * https://docs.claude.com/en/docs/about-claude/models/migrating-to-claude-4 (as of 2026-11-22).
 */
export function claudeTraitsOf(name: string): ClaudeTraits {
  const [, oldMajor, oldMinor, line = '', major, minor] = NAME.exec(name) ?? [];
  const version = Number(`${oldMajor ?? major ?? 0}.${oldMinor ?? minor ?? 0}`);
  if (version === 0 && !/mythos|fable/.test(line)) return LENIENT;
  const generation = version === 0 ? 5 : version;
  return {
    thinking: thinkingOf(generation),
    samplers: generation < 4.1 ? 'both' : generation < 4.7 ? 'one' : 'none',
    takesPrefill: generation < 4.6,
    takesForcedTool: !(generation > 5 && ['fable', 'opus', 'sonnet'].includes(line)),
    takesSystemMessages: generation >= 4.8,
  };
}

const LENIENT: ClaudeTraits = {
  thinking: 'both',
  samplers: 'both',
  takesPrefill: true,
  takesForcedTool: true,
  takesSystemMessages: true,
};

function thinkingOf(generation: number): ClaudeTraits['thinking'] {
  if (generation < 3.7) return 'none';
  if (generation < 4.6) return 'budget';
  return generation < 4.7 ? 'both' : 'adaptive';
}
