COPY hybridstore.record (session, type, id, version, envelope) FROM STDIN (FORMAT BINARY)
