-- In which form each model manages to change a game: `blocks` or `page`. A number of answers each that
-- could be applied, and that could not.

CREATE TABLE answer_forms (
  model TEXT NOT NULL,
  form TEXT NOT NULL,
  fitted INTEGER NOT NULL,
  missed INTEGER NOT NULL,
  changed INTEGER NOT NULL,
  PRIMARY KEY (model, form)
) STRICT, WITHOUT ROWID;
