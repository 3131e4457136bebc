import { createHash, randomBytes } from 'node:crypto';

/** 32 random letters and digits, safe in a URL and in a shell. */
export function randomToken(): string {
  return randomBytes(24)
    .toString('base64')
    .replace(/[^A-Za-z0-9]/g, 'x');
}

/** A fresh virtual key or master key, `sk-` and 32 letters and digits. */
export function randomKey(): string {
  return `sk-${randomToken()}`;
}

/** How LiteLLM stores a key: the SHA-256 of the whole `sk-…` text, in hexadecimal. */
export function keyHash(key: string): string {
  return createHash('sha256').update(key).digest('hex');
}
