using System.Text.Json.Serialization;

namespace HybridStore.Cli.Reports;

/// <summary>A failure, for programs. What does not apply is left out.</summary>
internal sealed record ErrorReport(string Type, string Message)
{
    /// <summary>Whether the same call may succeed later without anybody changing anything.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public bool Transient { get; init; }

    public string? Tenant { get; init; }

    public string? Session { get; init; }

    public RecordName? Record { get; init; }

    public string? Fault { get; init; }

    public string? File { get; init; }

    public long? Position { get; init; }

    public string? Tier { get; init; }

    /// <summary>The queued commit that stops a session, or the version that can't be gone back to.</summary>
    public long? Version { get; init; }
}

/// <summary>A document that is only a failure.</summary>
internal sealed record ErrorDocument(ErrorReport Error);
