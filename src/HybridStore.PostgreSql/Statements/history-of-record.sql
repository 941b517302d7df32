-- The next former versions of one record, newest first; nothing where history does not reach up to now.
SELECT r.version, r.replaced_by, v.at, length(r.envelope)
FROM hybridstore.session s
JOIN hybridstore.history h ON h.session = s.id AND h.through = s.version
JOIN hybridstore.history_record r ON r.session = s.id AND r.type = $3 AND r.id = $4 AND r.replaced_by > h.oldest AND r.replaced_by < $5
JOIN hybridstore.history_version v ON v.session = s.id AND v.version = r.replaced_by
WHERE hybridstore.on_primary_v1() AND s.tenant = $1 AND s.name = $2 AND s.version > 0
ORDER BY r.replaced_by DESC
LIMIT $6
