-- How versions play: a verdict belongs to a version, but comes after it, and may come again. The
-- columns that were kept free for it in rows that never change go.

CREATE TABLE plays (
  version INTEGER PRIMARY KEY REFERENCES versions(id) ON DELETE CASCADE,
  -- `responds`, `loads` or `broken`.
  grade TEXT NOT NULL,
  headline TEXT NOT NULL,
  -- A JSON object, as `play --test --json` prints it.
  found TEXT NOT NULL,
  -- The liveliest moment, as a PNG.
  picture BLOB,
  played INTEGER NOT NULL
) STRICT;

ALTER TABLE versions DROP COLUMN verdict;
ALTER TABLE pages DROP COLUMN screenshot;
