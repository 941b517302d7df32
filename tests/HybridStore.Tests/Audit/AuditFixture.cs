using System.Text;
using HybridStore.Audit;
using HybridStore.Codec;

namespace HybridStore.Tests.Audit;

/// <summary>A folder with a trail, and what a test does to it.</summary>
internal sealed class AuditFixture : IDisposable
{
    public static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public string Folder { get; } = Directory.CreateTempSubdirectory("hybridstore-audit-").FullName;

    public string Path => System.IO.Path.Join(Folder, "audit.jsonl");

    public static string NewKey()
    {
        using var key = MasterKey.Generate();
        return key.ToBase64();
    }

    public static AuditEvent Event(int number = 1) => new()
    {
        Kind = AuditKind.SessionOpened,
        At = new DateTimeOffset(2026, 11, 21, 12, 0, 0, TimeSpan.Zero),
        Actor = "ana@desk",
        ProcessId = 4711,
        Action = new Guid(number, 0, 0, new byte[8]),
        Tenant = "clínica \"7\"/a",
        Session = $"reception {number}",
    };

    public FileAuditTrail Open(string? key = null, string? previousHash = null) => new(Path, key, previousHash);

    public async Task WriteAsync(int entries, string? key = null)
    {
        using var trail = Open(key);
        for (var i = 1; i <= entries; i++)
            await trail.AppendAsync(Event(i), Cancel);
    }

    public async Task<AuditVerification> VerifyAsync(string? key = null, string? begins = null, string? head = null)
    {
        using var chain = AuditChain.Of(key);
        return await AuditFile.VerifyAsync(Path, chain, begins, head, Cancel);
    }

    public string[] Lines() => File.ReadAllText(Path).Split('\n', StringSplitOptions.RemoveEmptyEntries);

    public void Put(IEnumerable<string> lines) => File.WriteAllText(Path, string.Concat(lines.Select(static l => l + "\n")));

    public IEnumerable<AuditLine> Read() => Lines().Select(static l => AuditLine.TryRead(Encoding.UTF8.GetBytes(l))!);

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
