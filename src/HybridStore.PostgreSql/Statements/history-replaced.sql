-- The next records that a session had at a version and that were replaced since: so many at most, and none after those that make up so many bytes.
SELECT n.type, n.id, n.version, n.envelope
FROM (
    SELECT r.type, r.id, r.version, r.envelope, sum(length(r.envelope)) OVER (ORDER BY r.type, r.id) - length(r.envelope) AS before
    FROM hybridstore.session s
    JOIN hybridstore.history h ON h.session = s.id AND h.through = s.version AND h.oldest <= $3
    JOIN hybridstore.history_record r ON r.session = s.id AND r.version <= $3 AND r.replaced_by > $3 AND (r.type, r.id) > ($4, $5)
    WHERE hybridstore.on_primary_v1() AND s.tenant = $1 AND s.name = $2 AND s.version > 0
    ORDER BY r.type, r.id
    LIMIT $6) n
WHERE n.before < $7
ORDER BY n.type, n.id
