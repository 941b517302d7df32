using System.Globalization;
using HybridStore.Tiers;

namespace HybridStore.Redis.Hot;

/// <summary>The control field of a session, as <c>shared.lua</c> writes it.</summary>
internal sealed class SessionControl
{
    /// <summary>The version of the layout: of keys, fields, entries and this field. A script refuses any other.</summary>
    public const string Format = "1";

    private const int Fields = 19;

    private SessionControl(long generation, HotMeta? meta, HotOutboxState? outbox, long holderUntil)
    {
        Generation = generation;
        Meta = meta;
        Outbox = outbox;
        HolderUntil = holderUntil;
    }

    public long Generation { get; }

    public HotMeta? Meta { get; }

    /// <summary>Without <see cref="HotOutboxState.HolderLives"/>, which needs the server's clock.</summary>
    public HotOutboxState? Outbox { get; }

    /// <summary>Whether the holder has extended its lease in hot; whether that ran out, only the server knows.</summary>
    public bool HolderMayLive => HolderUntil != 0;

    /// <summary>Until when, in milliseconds of the server's clock; 0: it did not.</summary>
    public long HolderUntil { get; }

    /// <summary>Reads the field; <see langword="null"/> if it is not one of this version's.</summary>
    public static SessionControl? Parse(string text)
    {
        var parts = text.Split(' ', Fields + 1);
        if (parts.Length < Fields || parts[0] != Format)
            return null;
        try
        {
            var meta = parts[5] == "0" ? null : new HotMeta
            {
                Incarnation = Number(parts[6]),
                Version = Number(parts[7]),
                Epoch = Number(parts[8]),
                RunId = RunToken.Parse(parts[9]),
                GoodUntil = new DateTimeOffset(Number(parts[10]), TimeSpan.Zero),
            };
            var outbox = parts[11] == "0" ? null : new HotOutboxState
            {
                Incarnation = Number(parts[12]),
                Epoch = Number(parts[13]),
                Version = Number(parts[14]),
                DrainedVersion = Number(parts[15]),
                RunId = RunToken.Parse(parts[16]),
                Parked = parts.Length > Fields ? ParkedText.Parse(parts[Fields]) : null,
            };
            return new SessionControl(Number(parts[1]), meta, outbox, outbox is null ? 0 : Number(parts[17]));
        }
        catch (Exception e) when (e is FormatException or OverflowException or ArgumentOutOfRangeException)
        {
            return null;
        }
    }

    private static long Number(string text) => long.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture);
}
