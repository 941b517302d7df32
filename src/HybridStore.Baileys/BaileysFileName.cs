using System.Text.RegularExpressions;

namespace HybridStore.Baileys;

/// <summary>Which file of Baileys' <c>useMultiFileAuthState</c> folder a record is, and back.</summary>
/// <remarks>
/// Baileys writes <c>&lt;type&gt;-&lt;id&gt;.json</c> with <c>/</c> as <c>__</c> and <c>:</c> as <c>-</c>, and never reads names back. So the way back is partly a guess;
/// it only guesses where the type says how its ids look, and the way forth always gives the same name again. Two names are therefore never one record.
/// </remarks>
public static partial class BaileysFileName
{
    /// <summary>The file of <see cref="AuthKey.Creds"/>.</summary>
    public const string Creds = "creds.json";

    private const string Suffix = ".json";

    /// <summary>Longest first: <c>sender-key-memory-x</c> is no sender key.</summary>
    private static readonly string[] KnownTypes =
    [
        AuthKeyTypes.AppStateSyncVersion,
        AuthKeyTypes.AppStateSyncKey,
        AuthKeyTypes.SenderKeyMemory,
        "contacts-tc-token", // what tctoken was called until November 2025
        AuthKeyTypes.IdentityKey,
        AuthKeyTypes.DeviceList,
        AuthKeyTypes.LidMapping,
        AuthKeyTypes.SenderKey,
        AuthKeyTypes.PreKey,
        AuthKeyTypes.Session,
        AuthKeyTypes.TcToken,
    ];

    /// <summary>The file name of a record, as Baileys makes it.</summary>
    /// <param name="key">The record.</param>
    /// <exception cref="InvalidAuthInputException">The key is empty.</exception>
    public static string FromKey(AuthKey key)
    {
        if (key.IsEmpty)
            throw new InvalidAuthInputException(AuthInputPart.Id, AuthInputFault.Empty, "The record key is default and addresses nothing.");
        return key == AuthKey.Creds
            ? Creds
            : $"{key.Type}-{key.Id}{Suffix}".Replace("/", "__", StringComparison.Ordinal).Replace(':', '-');
    }

    /// <summary>The record of a file.</summary>
    /// <param name="fileName">The file's name, without a folder.</param>
    /// <param name="key">The record.</param>
    /// <returns>Whether Baileys could have given this name to a record.</returns>
    public static bool TryToKey(string fileName, out AuthKey key)
    {
        ArgumentNullException.ThrowIfNull(fileName);
        key = default;
        if (fileName == Creds)
        {
            key = AuthKey.Creds;
            return true;
        }

        // Baileys leaves no ':' or '/' in a name. A second creds ("creds-old.json") is somebody's copy, and a session has one identity.
        if (!fileName.EndsWith(Suffix, StringComparison.Ordinal) || fileName.AsSpan().IndexOfAny(":/\0") >= 0
            || fileName.StartsWith(AuthKeyTypes.Creds + "-", StringComparison.Ordinal))
        {
            return false;
        }

        var stem = fileName[..^Suffix.Length];
        if (stem.Length == 0)
            return false;
        if (!TrySplit(stem, out var type, out var id))
            return false;
        try
        {
            key = new AuthKey(type, RestoreId(type, id));
            return true;
        }
        catch (InvalidAuthInputException)
        {
            return false;
        }
    }

    /// <summary>The record of a name that is a type, a <c>-</c> and the id as it is.</summary>
    internal static bool TryToKeyOfTypeAndId(string name, out AuthKey key)
    {
        key = default;
        if (name == AuthKeyTypes.Creds)
        {
            key = AuthKey.Creds;
            return true;
        }

        if (name.Length == 0 || name.StartsWith(AuthKeyTypes.Creds + "-", StringComparison.Ordinal) || !TrySplit(name, out var type, out var id))
            return false;
        try
        {
            key = new AuthKey(type, id);
            return true;
        }
        catch (InvalidAuthInputException)
        {
            return false;
        }
    }

    private static bool TrySplit(string stem, out string type, out string id)
    {
        foreach (var known in KnownTypes)
        {
            if (stem.Length > known.Length && stem[known.Length] == '-' && stem.StartsWith(known, StringComparison.Ordinal))
            {
                type = known;
                id = stem[(known.Length + 1)..];
                return id.Length > 0;
            }
        }

        // Types are lower-case words and ids mostly are not: the type ends where the words end, or else before the last of them.
        var split = UnknownType().Match(stem).Length;
        if (split == 0)
            split = stem.AsSpan(0, stem.Length - 1).LastIndexOf('-');
        type = split > 0 ? stem[..split] : "";
        id = split > 0 ? stem[(split + 1)..] : "";
        return split > 0;
    }

    private static string RestoreId(string type, string id)
    {
        switch (type)
        {
            // group::user::device. Old group ids have a '-' of their own, so it is read from the end.
            case AuthKeyTypes.SenderKey when SenderKeyId().Match(id) is { Success: true } match:
                return $"{match.Groups[1].ValueSpan}::{match.Groups[2].ValueSpan}::{match.Groups[3].ValueSpan}";

            // Standard base64 has '/' and no '_'.
            case AuthKeyTypes.AppStateSyncKey:
                var restored = id.Replace("__", "/", StringComparison.Ordinal);
                return Base64Id().IsMatch(restored) ? restored : id;

            // A user with a device; '-' in a group's jid is its own.
            case AuthKeyTypes.TcToken or AuthKeyTypes.SenderKeyMemory or "contacts-tc-token" when DeviceJid().Match(id) is { Success: true } match:
                return $"{match.Groups[1].ValueSpan}:{match.Groups[2].ValueSpan}";

            // All others have neither: tctoken's "__index" and the "_1" of a LID's address are just that.
            default:
                return id;
        }
    }

    [GeneratedRegex("^[a-z]+(?:-[a-z]+)*(?=-(?!(?:[a-z]+(?:-|\\z)|\\z)))", RegexOptions.CultureInvariant)]
    private static partial Regex UnknownType();

    [GeneratedRegex("^(.+)--([^-]+)--([0-9]+)\\z", RegexOptions.CultureInvariant)]
    private static partial Regex SenderKeyId();

    [GeneratedRegex("^[A-Za-z0-9+/]+={0,2}\\z", RegexOptions.CultureInvariant)]
    private static partial Regex Base64Id();

    [GeneratedRegex("^([0-9]+(?:_[0-9]+)?)-([0-9]+@(?:s\\.whatsapp\\.net|lid|hosted|hosted\\.lid))\\z", RegexOptions.CultureInvariant)]
    private static partial Regex DeviceJid();
}
