using System.Text;
using FsCheck;
using FsCheck.Fluent;
using HybridStore.Baileys;
using HybridStore.Codec;
using HybridStore.Properties.Support;
using HybridStore.Sqlite;

namespace HybridStore.Properties.Baileys;

public class BaileysImporterProperties
{
    private const string Marker = "5eC9eT";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ImportAsync_FolderOfAnyKind_ComesOutAsItWentInOrIsRefusedAsAWhole()
    {
        using var folder = new TempFolder();
        var options = new HybridAuthStoreOptions();
        using (var masterKey = MasterKey.Generate())
            options.Encryption.MasterKey = masterKey.ToBase64();
        options.Encryption.Cipher = EnvelopeCipher.Aes256Gcm;
        await using var store = new HybridAuthStore(
            new SqliteColdTier(new SqliteColdTierOptions { Path = folder.File("store.db"), BusyTimeout = TimeSpan.FromMinutes(1) }, TimeProvider.System), hot: null, options);
        var run = 0;

        await Prove.ForAllAsync(
            RecordFile.Any.NonEmptyListOf().ScaleSize(s => s / 6).Select(f => (IReadOnlyList<RecordFile>)f),
            async files =>
            {
                var number = Interlocked.Increment(ref run);
                var session = new AuthSessionId("import", $"{number}");
                var from = folder.File($"in-{number}");
                Directory.CreateDirectory(from);
                var written = new Dictionary<string, byte[]>();
                foreach (var file in files)
                    await File.WriteAllBytesAsync(Path.Join(from, file.Name), written[file.Name] = file.Bytes, Cancel);

                BaileysImportResult? result = null;
                var refused = await Refused.OrNotAsync(async () =>
                    result = await BaileysImporter.ImportAsync(store, session, from, new BaileysImportOptions { AllowMissingCreds = true }, Cancel));
                if (refused is not null)
                {
                    Assert.IsType<BaileysFormatException>(refused);
                    Assert.DoesNotContain(Marker, refused.ToString(), StringComparison.Ordinal);
                    Assert.Null(await store.FindSessionAsync(session, Cancel));
                    return;
                }

                var to = folder.File($"out-{number}");
                await BaileysExporter.ExportAsync(store, session, to, new BaileysExportOptions { AllowMissingCreds = true }, Cancel);
                foreach (var name in written.Keys.Except(result!.IgnoredNames))
                    Assert.Equal(BufferJson.Normalize(written[name]).ToArray(), await File.ReadAllBytesAsync(Path.Join(to, name), Cancel));
                Assert.Equal(written.Count - result.IgnoredNames.Count, Directory.GetFiles(to).Length);
                Directory.Delete(from, recursive: true);
                Directory.Delete(to, recursive: true);
            },
            files => Smaller.List(files).Where(f => f.Count > 0),
            runs: 60);
    }

    private sealed record RecordFile(string Name, byte[] Bytes)
    {
        private static readonly string[] Values =
        [
            "{\"type\":\"Buffer\",\"data\":\"AAEC\"}", "{\"type\":\"Buffer\",\"data\":[1,2,3]}", "{\"0\":1,\"1\":2}", $"{{\"a\":\"{Marker}\"}}", $"\"{Marker}\"", "null", "[]", "\uFEFF{}",
            $$"""{"noiseKey":{"private":"{{Marker}}"},"signedIdentityKey":{},"registrationId":7}""",
        ];

        public static Gen<RecordFile> Any { get; } =
            from name in Gen.Frequency(
                (30, BaileysFileNameProperties.RealKey.Select(BaileysFileName.FromKey)),
                (1, Gen.Elements("creds.json", "creds-old.json", "note.txt", ".json", "session.json", "my-type-7.json", "-.json", "x-é.json")))
            from valid in Gen.Elements(Values)
            from bytes in Gen.Frequency(
                (30, Gen.Constant(Encoding.UTF8.GetBytes(valid))),
                (1, Some.ArbitraryBytes),
                (1, Some.Mutation.NonEmptyListOf().Select(m => m.Aggregate(Encoding.UTF8.GetBytes(valid), (b, x) => x.ApplyTo(b)))))
            select new RecordFile(name, bytes);

        public override string ToString() => $"{Name}: {Encoding.UTF8.GetString(Bytes)}";
    }
}
