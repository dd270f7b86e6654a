-- Whether the user has named the game: then its title no longer follows that of its newest page. Games from before
-- keep the titles that they have.

ALTER TABLE games ADD COLUMN named INTEGER NOT NULL DEFAULT 0;
UPDATE games SET named = 1;
