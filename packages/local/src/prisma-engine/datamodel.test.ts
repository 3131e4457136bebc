import { expect, it } from 'vitest';
import { parseDatamodel } from './datamodel.ts';

it('is read from a schema: models and views with the types of their fields', () => {
  const { models } = parseDatamodel(`
// model Comment { }
datasource client {
  provider = "postgresql"
  url      = env("DATABASE_URL")
}

/// documented
model User {
  id       String   @id @default(uuid()) // model Fake {
  /// a documented field
  meta     Json?    @default("{}")
  posts    Post[]
  kind     Kind     @default(ADMIN)
  // gone   Json

  @@index([id, kind])
  @@map("users")
}

enum Kind {
  ADMIN
  USER
}

view Summary {
  total BigInt
}
`);
  expect(models).toEqual(
    new Map([
      ['User', new Map(Object.entries({ id: 'String', meta: 'Json', posts: 'Post', kind: 'Kind' }))],
      ['Summary', new Map([['total', 'BigInt']])],
    ]),
  );
});

it('names the variable that holds the URL', () => {
  const source = (url: string) => `datasource db {\n  provider = "postgresql"\n  ${url}\n}`;
  expect(parseDatamodel(source('url = env("OTHER_URL")')).urlVariable).toBe('OTHER_URL');
  expect(parseDatamodel(source('directUrl = env("DIRECT_URL")')).urlVariable).toBe('DATABASE_URL');
});
