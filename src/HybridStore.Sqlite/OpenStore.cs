using HybridStore.Sqlite.Reading;
using HybridStore.Sqlite.Writing;

namespace HybridStore.Sqlite;

/// <summary>What an open file is used through.</summary>
internal sealed record OpenStore(SqliteWriter Writer, SqliteReaderPool Readers);
