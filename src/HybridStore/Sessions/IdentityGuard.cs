using System.Text.Json;

namespace HybridStore.Sessions;

/// <summary>Compares the identity in two credentials, without knowing more of them than the names of its fields.</summary>
internal sealed class IdentityGuard(CredentialsOptions options)
{
    private readonly string[] _paired = Split(options.PairedField);
    private readonly (string Name, string[] Path)[] _fields = [.. options.IdentityFields.Select(static f => (f, Split(f)))];

    /// <summary>Whether anything is guarded.</summary>
    public bool IsOn => _paired.Length > 0 && _fields.Length > 0;

    /// <summary>Refuses a change of the credentials that would replace or end a paired identity.</summary>
    /// <param name="session">The session.</param>
    /// <param name="current">The credentials as they are.</param>
    /// <param name="next">As they would be; <see langword="null"/>: deleted.</param>
    /// <exception cref="IdentityOverwriteException">It would.</exception>
    public void Check(AuthSessionId session, ReadOnlyMemory<byte> current, ReadOnlyMemory<byte>? next)
    {
        using var before = Parse(current);
        if (before is null || Find(before.RootElement, _paired) is null)
            return;
        using var after = next is { } value ? Parse(value) : null;
        if (after is null)
            throw new IdentityOverwriteException(session, field: null);
        foreach (var (name, path) in _fields)
        {
            if (Find(before.RootElement, path) is { } kept
                && !(Find(after.RootElement, path) is { } found && JsonElement.DeepEquals(kept, found)))
            {
                throw new IdentityOverwriteException(session, name);
            }
        }
    }

    private static string[] Split(string path) => path.Split('.', StringSplitOptions.RemoveEmptyEntries);

    private static JsonDocument? Parse(ReadOnlyMemory<byte> credentials)
    {
        try
        {
            var document = JsonDocument.Parse(credentials);
            if (document.RootElement.ValueKind == JsonValueKind.Object)
                return document;
            document.Dispose();
            return null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static JsonElement? Find(JsonElement element, string[] path)
    {
        foreach (var name in path)
        {
            if (element.ValueKind != JsonValueKind.Object || !element.TryGetProperty(name, out element))
                return null;
        }

        return element.ValueKind is JsonValueKind.Null or JsonValueKind.Undefined ? null : element;
    }
}
