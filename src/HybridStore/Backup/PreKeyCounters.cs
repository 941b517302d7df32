using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace HybridStore.Backup;

/// <summary>Moves the counters of pre-keys in credentials on, and touches no other byte of them.</summary>
internal static class PreKeyCounters
{
    private const string Next = "nextPreKeyId";
    private const string FirstUnuploaded = "firstUnuploadedPreKeyId";

    /// <summary>Moves them.</summary>
    /// <param name="creds">The credentials, as Baileys writes them.</param>
    /// <param name="given">An id that was given out since; 0: none is known.</param>
    /// <returns>The new credentials; <see langword="null"/> where there is nothing to move: they have another form.</returns>
    public static byte[]? Advance(ReadOnlySpan<byte> creds, long given = 0)
    {
        var (counters, highest) = Find(creds);
        return counters.Count == 0 ? null : Replace(creds, counters, Moved(Math.Max(highest, given)));
    }

    /// <summary>The higher of both; 0 where there is none.</summary>
    public static long Highest(ReadOnlySpan<byte> creds) => Find(creds).Highest;

    private static (List<(int Start, int Length)> Counters, long Highest) Find(ReadOnlySpan<byte> creds)
    {
        var counters = new List<(int Start, int Length)>();
        long highest = 0;
        try
        {
            var reader = new Utf8JsonReader(creds);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
                return ([], 0);
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var isCounter = reader.ValueTextEquals(Next) || reader.ValueTextEquals(FirstUnuploaded);
                reader.Read();
                if (isCounter && reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out var id) && id is > 0 and <= GoingBackPolicy.HighestPreKeyId)
                {
                    counters.Add(((int)reader.TokenStartIndex, reader.ValueSpan.Length));
                    highest = Math.Max(highest, id);
                }

                reader.Skip();
            }
        }
        catch (JsonException)
        {
            return ([], 0);
        }

        return (counters, highest);
    }

    // Behind the last id it begins again: what was given there is years old.
    private static long Moved(long highest) => highest + GoingBackPolicy.PreKeyIdJump is var moved && moved <= GoingBackPolicy.HighestPreKeyId ? moved : moved - GoingBackPolicy.HighestPreKeyId;

    private static byte[] Replace(ReadOnlySpan<byte> creds, List<(int Start, int Length)> counters, long id)
    {
        var text = Encoding.ASCII.GetBytes(id.ToString(CultureInfo.InvariantCulture));
        var result = new ArrayBufferWriter<byte>(creds.Length + (2 * text.Length));
        var from = 0;
        foreach (var (start, length) in counters)
        {
            result.Write(creds[from..start]);
            result.Write(text);
            from = start + length;
        }

        result.Write(creds[from..]);
        return result.WrittenSpan.ToArray();
    }
}
