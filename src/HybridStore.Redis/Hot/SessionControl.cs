using System.Text;
using HybridStore.Tiers;

namespace HybridStore.Redis.Hot;

/// <summary>The control field of a session, as <c>shared.lua</c> writes it.</summary>
internal sealed class SessionControl
{
    /// <summary>The version of the layout: of keys, fields, entries and this field. A script refuses any other.</summary>
    public const string Format = "1";

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

    /// <summary>Reads the field, which comes with every read: nothing is made into text that need not be.</summary>
    /// <param name="text">The field.</param>
    /// <param name="run">The run that is known, which is mostly the one that the field names too.</param>
    /// <returns><see langword="null"/> if it is not one of this version's.</returns>
    public static SessionControl? Parse(ReadOnlySpan<byte> text, string run)
    {
        try
        {
            var words = new WordReader(text);
            if (!Ascii.Equals(words.Next(), Format))
                return null;
            var generation = words.Number();
            words.Skip(3); // What only scripts want to know.
            var hasMeta = !words.IsZero();
            var meta = new HotMeta
            {
                Incarnation = words.Number(),
                Version = words.Number(),
                Epoch = words.Number(),
                RunId = RunToken.Parse(words.Next(), run),
                GoodUntil = new DateTimeOffset(words.Number(), TimeSpan.Zero),
            };
            var hasOutbox = !words.IsZero();
            var outbox = new HotOutboxState
            {
                Incarnation = words.Number(),
                Epoch = words.Number(),
                Version = words.Number(),
                DrainedVersion = words.Number(),
                RunId = RunToken.Parse(words.Next(), run),
            };
            var holderUntil = words.Number();
            words.Skip(1); // Whether the lease was given back.
            if (!words.Rest.IsEmpty)
                outbox = outbox with { Parked = ParkedText.Parse(Encoding.UTF8.GetString(words.Rest)) };
            return new SessionControl(generation, hasMeta ? meta : null, hasOutbox ? outbox : null, hasOutbox ? holderUntil : 0);
        }
        catch (Exception e) when (e is FormatException or OverflowException or ArgumentOutOfRangeException)
        {
            return null;
        }
    }
}
