using System.Reflection;
using System.Security.Cryptography;
using System.Text;

namespace HybridStore.Redis.Cold;

/// <summary>One script of the cold tier: its text and the hash by which the server knows it. Each is a file of <c>Scripts/</c> of the same name.</summary>
internal sealed class ColdScript
{
    private static readonly string Prelude = Load("Prelude");

    private ColdScript(string name, string shared = "")
    {
        Text = Prelude + shared + Load(name);
#pragma warning disable CA5350 // Redis names scripts by SHA-1.
        Hash = SHA1.HashData(Encoding.UTF8.GetBytes(Text));
#pragma warning restore CA5350
    }

    public static ColdScript Read { get; } = new("Read");

    public static ColdScript Commit { get; } = new("Commit");

    public static ColdScript ImportCheck { get; } = new("ImportCheck", Load("Importable"));

    public static ColdScript ImportStage { get; } = new("ImportStage");

    public static ColdScript ImportPublish { get; } = new("ImportPublish", Load("Importable"));

    public static ColdScript Drop { get; } = new("Drop");

    public static ColdScript Delete { get; } = new("Delete");

    public static ColdScript Acquire { get; } = new("Acquire");

    public static ColdScript Renew { get; } = new("Renew");

    public static ColdScript Release { get; } = new("Release");

    public static ColdScript SetAhead { get; } = new("SetAhead");

    public static ColdScript Names { get; } = new("Names");

    public static ColdScript Heads { get; } = new("Heads");

    public static ColdScript Page { get; } = new("Page");

    public static ColdScript Summary { get; } = new("Summary");

    public static ColdScript ReadRing { get; } = new("ReadRing");

    public static ColdScript WriteRing { get; } = new("WriteRing");

    public static ColdScript Rewrap { get; } = new("Rewrap");

    public static ColdScript AddDataKey { get; } = new("AddDataKey");

    public static ColdScript ReplaceEnvelopes { get; } = new("ReplaceEnvelopes");

    public string Text { get; }

    public byte[] Hash { get; }

    private static string Load(string name)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream($"cold/{name}.lua") ?? throw new InvalidOperationException($"{name}.lua is not in the assembly.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd().ReplaceLineEndings("\n");
    }
}
