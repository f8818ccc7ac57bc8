CREATE INDEX name_stem ON name (dump, stem);
CREATE INDEX name_ref ON name (dump, ref);
CREATE INDEX name_tail ON name (dump, tail) WHERE tail IS NOT NULL;
CREATE INDEX thing_ref ON thing (dump, ref);
CREATE INDEX label_key ON label (dump, key);
CREATE INDEX label_tail ON label (dump, tail);
CREATE INDEX identifier_ref ON identifier (dump, ref);
CREATE INDEX identifier_value ON identifier (scheme, value);
