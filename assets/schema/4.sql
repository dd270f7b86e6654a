-- What models made of prompts: a row for each try. `job` is the same for all tries at one prompt, `number`
-- counts them from 1, `kind` and `grade` are the codes of the program. `tokens` and `usd` are null where no
-- server told them; `repeated` is 1 if the reply was stopped because it repeated itself.

CREATE TABLE model_tries (
  job TEXT NOT NULL,
  number INTEGER NOT NULL,
  model TEXT NOT NULL,
  engine TEXT NOT NULL,
  kind TEXT NOT NULL,
  grade TEXT NOT NULL,
  repeated INTEGER NOT NULL,
  tokens INTEGER,
  milliseconds INTEGER NOT NULL,
  usd REAL,
  ended INTEGER NOT NULL,
  PRIMARY KEY (job, number)
) STRICT, WITHOUT ROWID;
CREATE INDEX model_tries_by_model ON model_tries(model, engine);
