using System.Buffers.Text;
using FsCheck;
using FsCheck.Fluent;
using HybridStore.Codec;
using HybridStore.Properties.Support;

namespace HybridStore.Properties.Codec;

public class MasterKeyProperties
{
    private static readonly Gen<byte[]> KeyBytes = Gen.Choose(0, 255).Select(b => (byte)b).ArrayOf(MasterKey.Size).Where(b => b.Distinct().Count() > 1);

    [Fact]
    public Task Parse_EveryWayToWriteAKey_GivesTheSameKey() => Prove.ForAllAsync(
        KeyBytes.Select(b => new Blob(b)),
        key =>
        {
            var base64 = Convert.ToBase64String(key.Bytes);
            string[] forms =
            [
                base64, base64.TrimEnd('='), Base64Url.EncodeToString(key.Bytes), Convert.ToHexString(key.Bytes), Convert.ToHexStringLower(key.Bytes), $" {base64}\n",
            ];
            Assert.All(forms, form =>
            {
                using var parsed = MasterKey.Parse(form);
                Assert.Equal(base64, parsed.ToBase64());
            });
        });

    [Fact]
    public Task Parse_TextOfAnyKind_IsAKeyOrRefusedWithoutShowingIt() => Prove.ForAllAsync(
        Gen.OneOf(
            Some.WildText,
            from key in KeyBytes
            from mutations in Some.Mutation.NonEmptyListOf()
            select new string([.. mutations.Aggregate(Convert.ToBase64String(key).Select(c => (byte)c).ToArray(), (b, m) => m.ApplyTo(b)).Select(b => (char)b)]),
            from key in KeyBytes
            from mutations in Some.Mutation.NonEmptyListOf()
            select new string([.. mutations.Aggregate(Convert.ToHexString(key).Select(c => (byte)c).ToArray(), (b, m) => m.ApplyTo(b)).Select(b => (char)b)])),
        text =>
        {
            MasterKey? key = null;
            var refused = Refused.OrNot(() => key = MasterKey.Parse(text));
            if (refused is null)
            {
                // A key that was read writes itself as what it was read from, but for the ways to write it.
                var plain = text.Trim();
                Assert.Equal(
                    plain.Length == 64 ? Convert.ToBase64String(Convert.FromHexString(plain)) : plain.TrimEnd('=').Replace('-', '+').Replace('_', '/') + "=", key!.ToBase64());
                key.Dispose();
                return;
            }

            Assert.IsType<MasterKeyException>(refused);
            if (text.Trim().Length >= 16)
                Assert.DoesNotContain(text.Trim(), refused.ToString(), StringComparison.Ordinal);
        },
        Smaller.Text,
        runs: 2000);

    [Fact]
    public Task FromBytes_BytesOfAnyKind_IsAKeyOrRefused() => Prove.ForAllAsync(
        Gen.OneOf(Some.ArbitraryBytes, KeyBytes, Gen.Choose(0, 255).Select(b => Enumerable.Repeat((byte)b, MasterKey.Size).ToArray())).Select(b => new Blob(b)),
        blob =>
        {
            var isKey = blob.Bytes.Length == MasterKey.Size && blob.Bytes.Distinct().Count() > 1;
            var refused = Refused.OrNot(() => MasterKey.FromBytes(blob.Bytes).Dispose());
            Assert.Equal(isKey, refused is null);
            if (refused is not null)
                Assert.IsType<MasterKeyException>(refused);
        });
}
