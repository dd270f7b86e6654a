-- The first library: games with all their versions, prompts, drafts, and the ledger.
-- Times are milliseconds since 1970, UTC.

-- AUTOINCREMENT: the number of a game that was removed never comes to mean another game.
CREATE TABLE games (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  title TEXT NOT NULL,
  -- The version that is current, and the one that redo leads to: numbers, not row ids.
  head INTEGER NOT NULL,
  tip INTEGER NOT NULL,
  forked_from INTEGER REFERENCES versions(id) ON DELETE SET NULL,
  created INTEGER NOT NULL,
  updated INTEGER NOT NULL,
  removed INTEGER
) STRICT;
CREATE INDEX games_by_time ON games(updated DESC, id DESC) WHERE removed IS NULL;

CREATE TABLE tags (
  game INTEGER NOT NULL REFERENCES games(id) ON DELETE CASCADE,
  tag TEXT NOT NULL,
  PRIMARY KEY (game, tag)
) STRICT, WITHOUT ROWID;

-- A version never changes: a trigger below holds everyone to it.
CREATE TABLE versions (
  id INTEGER PRIMARY KEY,
  game INTEGER NOT NULL REFERENCES games(id) ON DELETE CASCADE,
  number INTEGER NOT NULL,
  parent INTEGER,
  prompt TEXT NOT NULL,
  engine TEXT NOT NULL,
  model TEXT,
  provider TEXT,
  request_id TEXT,
  seed INTEGER,
  prompt_tokens INTEGER,
  completion_tokens INTEGER,
  estimated_usd REAL,
  valid INTEGER NOT NULL,
  findings TEXT NOT NULL,
  verdict TEXT,
  bytes INTEGER NOT NULL,
  sha256 TEXT NOT NULL,
  created INTEGER NOT NULL,
  UNIQUE (game, number)
) STRICT;
CREATE TRIGGER versions_are_immutable BEFORE UPDATE ON versions
BEGIN SELECT raise(ABORT, 'a version never changes'); END;

-- Apart from its version, so that lists do not read past pages. The source before hardening is the
-- file with one piece put back: between the byte offsets stands `seam` instead.
CREATE TABLE pages (
  version INTEGER PRIMARY KEY REFERENCES versions(id) ON DELETE CASCADE,
  html TEXT NOT NULL,
  seam_from INTEGER NOT NULL,
  seam_to INTEGER NOT NULL,
  seam TEXT NOT NULL,
  screenshot BLOB
) STRICT;

-- A prompt that is used again gets a new number: the highest was used last.
CREATE TABLE prompts (
  id INTEGER PRIMARY KEY,
  text TEXT NOT NULL UNIQUE
) STRICT;

-- Words without their text: the pages stand above. Words are made by the program, so that the
-- words of a query and of a page are cut alike; see library/store/words.rs.
CREATE VIRTUAL TABLE title_words USING fts5(
  title, content='', contentless_delete=1, detail='none', prefix='1 2 3 4 5 6', tokenize='ascii');
CREATE VIRTUAL TABLE prompt_words USING fts5(
  prompt, content='', contentless_delete=1, detail='none', prefix='1 2 3 4 5 6', tokenize='ascii');
-- Of the prompts that were asked, whatever came of them.
CREATE VIRTUAL TABLE asked_words USING fts5(
  words, content='', contentless_delete=1, detail='none', prefix='1 2 3 4 5 6', tokenize='ascii');
-- Of the prompt and of the source: words may be spread over both.
CREATE VIRTUAL TABLE version_words USING fts5(
  words, content='', contentless_delete=1, detail='none', prefix='1 2 3 4 5 6', tokenize='ascii');

-- The ledger: every request to a model server, by any process of this user.
CREATE TABLE requests (
  id INTEGER PRIMARY KEY,
  process TEXT NOT NULL,
  began INTEGER NOT NULL,
  ended INTEGER,
  engine TEXT NOT NULL,
  model TEXT NOT NULL,
  ending TEXT,
  status INTEGER,
  request_id TEXT,
  prompt_tokens INTEGER,
  completion_tokens INTEGER,
  estimated_usd REAL
) STRICT;
CREATE INDEX requests_by_time ON requests(began);
CREATE INDEX requests_running ON requests(process) WHERE ended IS NULL;

-- The journal: replies as they arrive, until a game or a draft file holds them.
CREATE TABLE drafts (
  id INTEGER PRIMARY KEY,
  process TEXT NOT NULL,
  job INTEGER NOT NULL,
  prompt TEXT NOT NULL,
  model TEXT,
  began INTEGER NOT NULL,
  UNIQUE (process, job)
) STRICT;
CREATE TABLE pieces (
  draft INTEGER NOT NULL REFERENCES drafts(id) ON DELETE CASCADE,
  number INTEGER NOT NULL,
  text TEXT NOT NULL,
  PRIMARY KEY (draft, number)
) STRICT, WITHOUT ROWID;
