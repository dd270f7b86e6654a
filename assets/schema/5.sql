-- What HuggingFace has settled for a request. `session` is what was sent as X-HF-Session-Id, null where nothing
-- was; `settled_usd` is null until the billing answer names that session: pending, not free.

ALTER TABLE requests ADD COLUMN session TEXT;
ALTER TABLE requests ADD COLUMN settled_usd REAL;
CREATE INDEX requests_by_session ON requests(session) WHERE session IS NOT NULL;
