using System.Text;
using HybridStore.Keys;

namespace HybridStore.Tests.Keys;

/// <summary>The ring by itself: which key is active when, and what can be read.</summary>
public class KeyRingTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly KeyRingOptions Options = new();

    // Two keys, the second of which became active when the first expired.
    private static readonly KeyRing Two = new([Entry(1, Start), Entry(2, Start.AddDays(90), created: Start.AddDays(88))]);

    [Fact]
    public void StateAt_OverTime_GoesFromCreatedOverActiveToDecryptOnly()
    {
        Assert.Equal((MasterKeyState.Active, MasterKeyState.Created), StatesAt(Start.AddDays(89)));
        Assert.Equal((MasterKeyState.DecryptOnly, MasterKeyState.Active), StatesAt(Start.AddDays(90)));
        Assert.Equal((MasterKeyState.DecryptOnly, MasterKeyState.Active), StatesAt(Start.AddDays(900)));
    }

    [Fact]
    public void StateAt_WithinTheSkewOfClocks_IsActiveAlready()
    {
        Assert.Equal((MasterKeyState.Active, MasterKeyState.Created), StatesAt(Start.AddDays(90) - KeyRingOptions.ClockSkew - TimeSpan.FromSeconds(1)));
        Assert.Equal((MasterKeyState.DecryptOnly, MasterKeyState.Active), StatesAt(Start.AddDays(90) - KeyRingOptions.ClockSkew));
    }

    [Fact]
    public void ActiveAt_ClockIsADayBack_IsAKeyThatIsThere()
    {
        // Right after the change, the former one; before the first of all, the first.
        Assert.Equal(1UL, Two.ActiveAt(Start.AddDays(90).AddHours(1).AddDays(-1))!.Fingerprint);
        Assert.Equal(1UL, Two.ActiveAt(Start.AddDays(-1))!.Fingerprint);
        Assert.Null(Two.NextActivationAt(Start.AddDays(-1), Options));
        Assert.Null(Two.NextActivationAt(Start.AddDays(90).AddDays(-1), Options));
    }

    [Fact]
    public void ActiveAt_Revoked_IsAnother()
    {
        var ring = Two.Replace(Two.Entries[1], Two.Entries[1] with { RevokedAt = Start.AddDays(91) });

        Assert.Equal(1UL, ring.ActiveAt(Start.AddDays(92))!.Fingerprint);
        Assert.Equal(MasterKeyState.Revoked, ring.StateAt(ring.Entries[1], Start.AddDays(92)));
        Assert.Null(ring.Replace(ring.Entries[0], ring.Entries[0] with { RevokedAt = Start }).ActiveAt(Start.AddDays(92)));
    }

    [Fact]
    public void NextActivationAt_TwoDaysBeforeTheEnd_IsDueOnce()
    {
        var one = new KeyRing([Entry(1, Start)]);

        Assert.Null(one.NextActivationAt(Start.AddDays(87.9), Options));
        Assert.Equal(Start.AddDays(90), one.NextActivationAt(Start.AddDays(88), Options));
        Assert.Null(Two.NextActivationAt(Start.AddDays(88), Options));
        Assert.Null(Two.NextActivationAt(Start.AddDays(95), Options));

        // Nobody was there when it was due: the expired key goes on until every process knows the next.
        Assert.Equal(Start.AddDays(402), one.NextActivationAt(Start.AddDays(400), Options));
        Assert.Equal(1UL, one.With(Entry(3, Start.AddDays(402))).ActiveAt(Start.AddDays(401))!.Fingerprint);
        Assert.Equal(Start, KeyRing.Empty.NextActivationAt(Start, Options));
    }

    [Fact]
    public void Parse_OfWhatWasWritten_IsTheSame()
    {
        var ring = Two.Replace(Two.Entries[0], Two.Entries[0] with { RevokedAt = Start.AddDays(100), Provider = "väult" });

        var read = KeyRing.Parse(ring.Write());

        Assert.Equal(ring.Entries.Select(Text), read.Entries.Select(Text));
    }

    /// <summary>Made once: every later version must read it.</summary>
    [Fact]
    public void Parse_OfTheGoldenRing_IsRead()
    {
        var golden = """
            {"format":1,"keys":[{"id":"00000000000000ff","createdAt":"2026-01-01T00:00:00Z","activatesAt":"2026-01-01T00:00:00Z","expiresAt":"2026-04-01T00:00:00Z","revokedAt":"2026-02-01T00:00:00Z","provider":"configuration","wrapped":"AQIDBA=="}]}
            """u8.ToArray();

        var entry = Assert.Single(KeyRing.Parse(golden).Entries);

        Assert.Equal((255UL, Start, Start.AddDays(90), "configuration"), (entry.Fingerprint, entry.ActivatesAt, entry.ExpiresAt, entry.Provider));
        Assert.Equal(Start.AddDays(31), entry.RevokedAt);
        Assert.Equal([1, 2, 3, 4], entry.Wrapped.ToArray());
        Assert.Equal(Encoding.UTF8.GetString(golden), Encoding.UTF8.GetString(new KeyRing([entry]).Write()));
    }

    [Fact]
    public void Parse_FromANewerVersion_SaysSo()
    {
        var error = Assert.Throws<MasterKeyException>(() => KeyRing.Parse("""{"format":2,"rings":{}}"""u8.ToArray()));

        Assert.Equal(MasterKeyFault.RingTooNew, error.Fault);
        Assert.Contains("newer", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("no ring")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"format":0,"keys":[]}""")]
    [InlineData("""{"format":1}""")]
    [InlineData("""{"format":1,"keys":7}""")]
    [InlineData("""{"format":1,"keys":[{"id":"xyz"}]}""")]
    [InlineData("""{"format":1,"keys":[null]}""")]
    public void Parse_Damaged_SaysSo(string content)
    {
        Assert.Equal(MasterKeyFault.RingDamaged, Assert.Throws<MasterKeyException>(() => KeyRing.Parse(Encoding.UTF8.GetBytes(content))).Fault);
    }

    [Fact]
    public void Parse_TheSameKeyTwice_IsDamage()
    {
        Assert.Equal(MasterKeyFault.RingDamaged, Assert.Throws<MasterKeyException>(() => KeyRing.Parse(new KeyRing([Entry(1, Start), Entry(1, Start)]).Write())).Fault);
    }

    [Fact]
    public void With_MoreKeysThanARingHas_IsRefused()
    {
        var ring = KeyRing.Empty;
        for (var i = 1; i <= KeyRing.MaxKeys; i++)
            ring = ring.With(Entry((ulong)i, Start.AddDays(i)));

        Assert.Throws<MasterKeyException>(() => ring.With(Entry(1000, Start)));
        Assert.Equal(KeyRing.MaxKeys, KeyRing.Parse(ring.Write()).Entries.Length);
    }

    private static (MasterKeyState First, MasterKeyState Second) StatesAt(DateTimeOffset now) => (Two.StateAt(Two.Entries[0], now), Two.StateAt(Two.Entries[1], now));

    private static string Text(KeyRingEntry e) => $"{e.Fingerprint} {e.CreatedAt:O} {e.ActivatesAt:O} {e.ExpiresAt:O} {e.RevokedAt:O} {e.Provider} {Convert.ToHexString(e.Wrapped.Span)}";

    private static KeyRingEntry Entry(ulong id, DateTimeOffset activates, DateTimeOffset? created = null) => new(id, created ?? activates, activates, activates.AddDays(90), "fake", new byte[] { 1, 2, 3 });
}
