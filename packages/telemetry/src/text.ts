const SECRET =
  /\b(?:sk-[A-Za-z0-9_-]{4,}|Bearer\s+\S+|AKIA[A-Z0-9]{12,}|ASIA[A-Z0-9]{12,}|(?:postgres(?:ql)?|rediss?):\/\/[^\s@]*@)/g;

/** An error's chain of messages for a log line: without stack, keys, tokens and passwords in URLs. */
export function errorText(error: unknown): string {
  const parts: string[] = [];
  for (let each = error, depth = 0; each !== undefined && each !== null && depth < 4; depth += 1) {
    if (each instanceof Error) {
      const code = (each as NodeJS.ErrnoException).code;
      parts.push(`${each.name}${code === undefined ? '' : `[${code}]`}: ${each.message}`);
      each = each.cause;
    } else {
      parts.push(String(each));
      break;
    }
  }
  return parts.join(' <- ').replace(SECRET, '[secret]').slice(0, 2000);
}
