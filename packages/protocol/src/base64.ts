/** The bytes of all pieces as one base64 text. Each piece of a stream is base64 by itself, padding included. */
export function joinBase64(pieces: readonly string[]): string {
  if (pieces.length === 1) return pieces.join('');
  return Buffer.concat(pieces.map((piece) => Buffer.from(piece, 'base64'))).toString('base64');
}
