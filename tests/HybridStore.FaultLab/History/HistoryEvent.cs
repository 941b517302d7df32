using System.Globalization;
using HybridStore.FaultLab.Bots;

namespace HybridStore.FaultLab.History;

/// <summary>A line of a history.</summary>
internal readonly record struct HistoryEvent(long Time, char Kind, string[] Words)
{
    /// <summary>Before a commit: session, number, epoch, registers.</summary>
    public const char Ask = 'A';

    /// <summary>A receipt: number, incarnation, version, P or Q, whether it is a repeat.</summary>
    public const char Receipt = 'C';

    /// <summary>No receipt: number, N (not made) or U (not known), why.</summary>
    public const char Failure = 'X';

    /// <summary>A read that was answered: session, when it was asked, H (holder), O (other) or F (at the end), incarnation, version, registers with what they were.</summary>
    public const char Read = 'R';

    /// <summary>A session was opened: session, when it was asked, epoch, whether it is rolled back.</summary>
    public const char Open = 'O';

    /// <summary>The lease was lost or given back: session, why.</summary>
    public const char Close = 'L';

    /// <summary>Cold is said to have gone back: session.</summary>
    public const char WentBack = 'W';

    /// <summary>An operator is about to go on with what cold has after it was set back: session.</summary>
    public const char Accept = 'G';

    /// <summary>Something that must not happen: session, what.</summary>
    public const char Wrong = '!';

    /// <summary>What the store has logged: the event, its message.</summary>
    public const char Note = 'N';

    /// <summary>Of the laboratory itself: a fault, and whom it hits.</summary>
    public const char Fault = 'F';

    /// <summary>Of the laboratory itself: hot of a setup may lose what it has from now on.</summary>
    public const char HotLoses = 'H';

    /// <summary>Of the laboratory itself: hot of a setup is started anew, with all that it had.</summary>
    public const char HotRestarts = 'T';

    /// <summary>Of the laboratory itself: a copy of cold of a setup is made.</summary>
    public const char ColdCopied = 'S';

    /// <summary>Of the laboratory itself: cold of a setup is set back to its copy.</summary>
    public const char ColdSetBack = 'B';

    public int Int(int word) => int.Parse(Words[word], CultureInfo.InvariantCulture);

    public long Long(int word) => long.Parse(Words[word], CultureInfo.InvariantCulture);

    /// <summary>Reads a line; false: it was cut off when its process was killed.</summary>
    public static bool TryParse(string line, out HistoryEvent parsed)
    {
        parsed = default;
        var words = line.Split(' ');
        if (words.Length < 2 || words[^1] != "." || words[1].Length != 1 || !long.TryParse(words[0], NumberStyles.None, CultureInfo.InvariantCulture, out var time))
            return false;
        parsed = new HistoryEvent(time, words[1][0], words[2..^1]);
        return true;
    }

    /// <summary>A register in a read, such as <c>3:120:7:55</c>: register, version, writer, number.</summary>
    public static string Format(int register, Seen seen) => seen.State switch
    {
        SeenState.Absent => string.Create(CultureInfo.InvariantCulture, $"{register}:-"),
        SeenState.There => string.Create(CultureInfo.InvariantCulture, $"{register}:{seen.Version}:{seen.Commit.Writer}:{seen.Commit.Number}"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{register}:{(seen.State == SeenState.Torn ? "torn" : "foreign")}:{seen.Version}:{seen.Commit.Writer}:{seen.Commit.Number}"),
    };

    public static (int Register, Seen Seen) ParseSeen(string word)
    {
        var parts = word.Split(':');
        var register = int.Parse(parts[0], CultureInfo.InvariantCulture);
        if (parts.Length == 2)
            return (register, default);
        var state = parts[1] switch { "torn" => SeenState.Torn, "foreign" => SeenState.Foreign, _ => SeenState.There };
        var numbers = parts[(state == SeenState.There ? 1 : 2)..];
        return (register, new Seen(state, long.Parse(numbers[0], CultureInfo.InvariantCulture), new CommitName(int.Parse(numbers[1], CultureInfo.InvariantCulture), int.Parse(numbers[2], CultureInfo.InvariantCulture))));
    }
}
