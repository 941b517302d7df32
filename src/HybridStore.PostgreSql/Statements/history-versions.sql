-- The next versions of a session that can be gone back to, newest first; nothing where history does not reach up to now.
SELECT v.version, v.at, v.changes, v.bytes
FROM hybridstore.session s
JOIN hybridstore.history h ON h.session = s.id AND h.through = s.version
JOIN hybridstore.history_version v ON v.session = s.id AND v.version >= h.oldest AND v.version < $3
WHERE hybridstore.on_primary_v1() AND s.tenant = $1 AND s.name = $2 AND s.version > 0
ORDER BY v.version DESC
LIMIT $4
