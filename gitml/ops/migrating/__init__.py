"""Taking in what older layouts hold: found, united by id, brought into gitml's form, redacted, put into the spool."""
