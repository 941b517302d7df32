using System.Text;
using FsCheck.Fluent;
using HybridStore.Codec;
using HybridStore.Properties.Support;

namespace HybridStore.Properties.Codec;

public sealed class WrappedDataKeyProperties : IDisposable
{
    private static readonly byte[] Secret = "5eC9eT-kEy-thAT-no-oNe-mAy-sEe!!"u8.ToArray();

    private readonly MasterKey _masterKey = MasterKey.Generate();
    private readonly DataKey _dataKey = new(new DataKeyId(9), Secret);

    public void Dispose()
    {
        _masterKey.Dispose();
        _dataKey.Dispose();
    }

    [Fact]
    public Task Unwrap_WhatWasWrapped_GivesTheKeyInItsPlaceOnly() => Prove.ForAllAsync(
        from session in Some.Session
        from other in Some.Session
        from lives in Gen.Choose(1, int.MaxValue).Two()
        from cipher in Some.Cipher
        select (Session: session, Other: other, Life: (long)lives.Item1, OtherLife: (long)lives.Item2, Cipher: cipher),
        x =>
        {
            var wrapper = new DataKeyWrapper(_masterKey, x.Cipher);
            var wrapped = wrapper.Wrap(x.Session, x.Life, _dataKey);
            using (var key = wrapper.Unwrap(x.Session, x.Life, wrapped))
            {
                var bytes = new byte[KeyMaterial.Size];
                key.Material.CopyTo(bytes);
                Assert.Equal(Secret, bytes);
                Assert.Equal(_dataKey.Id, key.Id);
            }

            if (x.Other != x.Session)
                Assert.Throws<MasterKeyException>(() => wrapper.Unwrap(x.Other, x.Life, wrapped));
            if (x.OtherLife != x.Life)
                Assert.Throws<MasterKeyException>(() => wrapper.Unwrap(x.Session, x.OtherLife, wrapped));
            Assert.Throws<MasterKeyException>(() => wrapper.Unwrap(x.Session, x.Life, wrapped with { Id = new DataKeyId(10) }));
        });

    [Fact]
    public Task Unwrap_BytesOfAnyKind_IsRefusedByTypeAndShowsNothing() => Prove.ForAllAsync(
        from cipher in Some.Cipher
        from arbitrary in Some.ArbitraryBytes
        from mutations in Some.Mutation.ListOf()
        from how in Gen.Choose(0, 3)
        select (Cipher: cipher, Arbitrary: new Blob(arbitrary), Mutations: mutations, How: how),
        x =>
        {
            var session = new AuthSessionId("t", "s");
            var wrapper = new DataKeyWrapper(_masterKey, x.Cipher);
            var valid = wrapper.Wrap(session, 1, _dataKey).Bytes.ToArray();
            var bytes = x.How switch
            {
                0 => x.Arbitrary.Bytes,
                1 => [.. valid[..12], .. x.Arbitrary.Bytes],
                _ => x.Mutations.Aggregate(valid, (b, m) => m.ApplyTo(b)),
            };
            if (bytes.SequenceEqual(valid) || (!LibSodium.IsAvailable && bytes is [_, _, _, (byte)EnvelopeCipher.XSalsa20Poly1305, ..]))
                return;
            var e = Assert.Throws<MasterKeyException>(() => wrapper.Unwrap(session, 1, new WrappedDataKey(_dataKey.Id, bytes)));
            Assert.DoesNotContain(Encoding.UTF8.GetString(Secret), e.ToString(), StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain(_masterKey.ToBase64(), e.ToString(), StringComparison.Ordinal);
        },
        x => Smaller.List(x.Mutations).Select(m => x with { Mutations = m.ToList() }),
        runs: 1000);
}
