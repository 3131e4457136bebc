/** A data model with every kind of field that LiteLLM's has, and Decimal. */
export const librarySchema = `
datasource client {
  provider = "postgresql"
  url      = env("DATABASE_URL")
}

enum Kind {
  NOVEL
  POEM
}

model Author {
  id      String    @id @default(uuid())
  name    String    @unique
  born    DateTime?
  books   Book[]
  seen_at DateTime  @default(now())
}

model Book {
  id        String   @id
  kind      Kind     @default(NOVEL)
  data      Json     @default("{}")
  notes     Json?
  tags      String[] @default([])
  copies    BigInt   @default(0)
  pages     Int?
  price     Float?
  cost      Decimal?
  cover     Bytes?
  lent      Boolean  @default(false)
  author    Author?  @relation(fields: [author_id], references: [id])
  author_id String?

  @@unique([kind, author_id])
}
`;

/** Its tables. */
export const libraryTables = `
CREATE TYPE "Kind" AS ENUM ('NOVEL', 'POEM');
CREATE TABLE "Author" (
  id text PRIMARY KEY, name text NOT NULL UNIQUE, born timestamp(3), seen_at timestamp(3) NOT NULL DEFAULT now()
);
CREATE TABLE "Book" (
  id text PRIMARY KEY, kind "Kind" NOT NULL DEFAULT 'NOVEL', data jsonb NOT NULL DEFAULT '{}', notes jsonb,
  tags text[] DEFAULT '{}', copies bigint NOT NULL DEFAULT 0, pages int, price double precision, cost decimal(65, 30),
  cover bytea, lent boolean NOT NULL DEFAULT false, author_id text REFERENCES "Author" ON DELETE SET NULL,
  UNIQUE (kind, author_id)
);
`;
