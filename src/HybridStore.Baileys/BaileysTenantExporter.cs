using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace HybridStore.Baileys;

/// <summary>Makes a folder of all that a tenant has: a folder for each session, as <see cref="BaileysExporter"/> makes it, and <c>sessions.json</c>, which says which is which.</summary>
public static class BaileysTenantExporter
{
    /// <summary>The file that lists the sessions.</summary>
    public const string Manifest = "sessions.json";

    // With room for what a file system adds, below the 255 bytes that most take.
    private const int MaxFolderBytes = 200;

    // Some systems take upper and lower case for one, and none of them has trouble with these.
    private static readonly SearchValues<byte> Plain = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789-_."u8);

    /// <summary>
    /// Exports all sessions of a tenant. The folder appears under its name when it is complete. Each session is at one version of its own; one that can't be a folder of Baileys, or that kept changing, is
    /// left out by name.
    /// </summary>
    /// <remarks>It holds private keys in the clear: only its owner may read it, where the system knows owners.</remarks>
    /// <param name="store">The store.</param>
    /// <param name="tenant">The tenant. Its sessions should not change meanwhile: stop the bots first.</param>
    /// <param name="directory">The folder, which must not exist or be empty, in one that exists.</param>
    /// <param name="options">How. A session without credentials is exported too: it is the tenant's.</param>
    /// <param name="cancellationToken">Abandons the export; nothing of it stays.</param>
    /// <exception cref="BaileysFormatException">The folder can't be used.</exception>
    /// <exception cref="InvalidAuthInputException">The name can't be a tenant's.</exception>
    public static async Task<BaileysTenantExport> ExportAsync(
        IAuthStateStore store, string tenant, string directory, BaileysExportOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(store);
        ArgumentException.ThrowIfNullOrEmpty(directory);
        options = (options ?? new BaileysExportOptions()) with { AllowMissingCreds = true };
        var target = BaileysExporter.FindTarget(directory);
        var ids = new List<AuthSessionId>();
        await foreach (var session in store.ListSessionsAsync(tenant, cancellationToken).ConfigureAwait(false))
            ids.Add(session.Id);
        if (ids.Count == 0)
            return new BaileysTenantExport(tenant, target, []);

        var partial = BaileysExporter.CreatePartial(target);
        try
        {
            var sessions = new List<BaileysTenantSession>(ids.Count);
            foreach (var id in ids)
            {
                if (await ExportAsync(store, id, partial, target, options, cancellationToken).ConfigureAwait(false) is { } exported)
                    sessions.Add(exported);
            }

            var export = new BaileysTenantExport(tenant, target, sessions);
            await WriteManifestAsync(export, partial, cancellationToken).ConfigureAwait(false);
            BaileysExporter.Publish(partial, target);
            return export;
        }
        finally
        {
            BaileysExporter.Remove(partial);
        }
    }

    /// <summary>The name of a session's folder: what is no small letter, digit, hyphen, dot or underscore becomes <c>%</c> and the hexadecimal of its UTF-8 bytes.</summary>
    internal static string FolderOf(AuthSessionId session)
    {
        var bytes = Encoding.UTF8.GetBytes(session.Session);
        var name = new StringBuilder(bytes.Length);
        for (var i = 0; i < bytes.Length; i++)
        {
            // A dot in front would hide it, or be the folder itself; one at the end is dropped by some systems.
            if (Plain.Contains(bytes[i]) && !(bytes[i] == '.' && (i == 0 || i == bytes.Length - 1)))
                name.Append((char)bytes[i]);
            else
                name.Append(CultureInfo.InvariantCulture, $"%{bytes[i]:x2}");
        }

        return name.Length <= MaxFolderBytes
            ? name.ToString()
            : $"{name.ToString(0, MaxFolderBytes - 34)}%-{Convert.ToHexStringLower(SHA256.HashData(bytes).AsSpan(0, 16))}";
    }

    private static async Task<BaileysTenantSession?> ExportAsync(
        IAuthStateStore store, AuthSessionId session, string partial, string target, BaileysExportOptions options, CancellationToken cancellationToken)
    {
        var item = new BaileysTenantSession(session, FolderOf(session));
        try
        {
            var result = await BaileysExporter.ExportAsync(store, session, Path.Join(partial, item.Folder), options, cancellationToken).ConfigureAwait(false);
            return item with { Result = result with { Directory = Path.Join(target, item.Folder) } };
        }
        catch (BaileysFormatException e) when (e.Reason != BaileysFormatReason.FolderUnusable)
        {
            return item with { Error = e };
        }
        catch (SessionNotFoundException)
        {
            // Deleted since it was listed: it is the tenant's no more.
            return null;
        }
    }

    private static async Task WriteManifestAsync(BaileysTenantExport export, string folder, CancellationToken cancellationToken)
    {
        using var json = new MemoryStream();
        var writer = new Utf8JsonWriter(json, new JsonWriterOptions { Indented = true });
        await using (writer.ConfigureAwait(false))
        {
            writer.WriteStartObject();
            writer.WriteString("tenant", export.Tenant);
            writer.WriteStartArray("sessions");
            foreach (var session in export.Sessions)
            {
                writer.WriteStartObject();
                writer.WriteString("session", session.Session.Session);
                if (session.Result is { } result)
                {
                    writer.WriteString("folder", session.Folder);
                    writer.WriteNumber("incarnation", result.Session.Incarnation);
                    writer.WriteNumber("version", result.Session.Version);
                    writer.WriteString("createdAt", result.Session.CreatedAt);
                    writer.WriteString("updatedAt", result.Session.UpdatedAt);
                    writer.WriteNumber("records", result.Records);
                    writer.WriteNumber("bytes", result.Bytes);
                }
                else
                {
                    writer.WriteString("error", session.Error!.Message);
                }

                writer.WriteEndObject();
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        try
        {
            await File.WriteAllBytesAsync(Path.Join(folder, Manifest), json.ToArray(), cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new BaileysFormatException(BaileysFormatReason.FolderUnusable, $"The file '{Manifest}' can't be written to '{folder}'.", e);
        }
    }
}
