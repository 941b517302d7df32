using System.Reflection;
using HybridStore.Codec;

namespace HybridStore.Tests.Codec;

public class KeyMaterialTests
{
    [Fact]
    public void Derive_WithAnotherInfo_GivesOtherBytes()
    {
        using var material = new KeyMaterial(CodecSome.Noise(32), "purpose"u8);
        var a = new byte[32];
        var b = new byte[32];
        var own = new byte[32];

        material.Derive("a"u8, a);
        material.Derive("b"u8, b);
        material.CopyTo(own);

        Assert.Equal(3, new[] { a, b, own }.Select(Convert.ToHexString).Distinct().Count());
    }

    [Theory]
    [MemberData(nameof(CodecSome.Ciphers), MemberType = typeof(CodecSome))]
    public void Seal_ForAnotherPurpose_DoesNotOpen(EnvelopeCipher id)
    {
        CodecSome.Require(id);
        var cipher = CipherSet.BuiltIn.ForSealing(id);
        using var wrapping = new KeyMaterial(CodecSome.Noise(32), "HybridStore/wrap"u8);
        using var sealing = new KeyMaterial(CodecSome.Noise(32), "HybridStore/envelope"u8);
        var nonce = new byte[cipher.NonceSize];
        var box = new byte[16 + 3];

        wrapping.Seal(cipher, nonce, [], [1, 2, 3], box);

        Assert.True(wrapping.TryOpen(cipher, nonce, [], box, new byte[3]));
        Assert.False(sealing.TryOpen(cipher, nonce, [], box, new byte[3]));
    }

    [Fact]
    public void IsDisposed_OnceItsOwnerHasDisposedOfIt_IsTrue()
    {
        var material = new KeyMaterial(CodecSome.Noise(32), "purpose"u8);
        Assert.False(material.IsDisposed);

        material.Dispose();

        Assert.True(material.IsDisposed);
    }

    [Fact]
    public void Use_AfterDispose_IsRefused()
    {
        var codec = CodecSome.Codec(EnvelopeCipher.Aes256Gcm);
        var key = CodecSome.DataKey();
        var envelope = codec.Seal(CodecSome.Session, CodecSome.Key, key, [1]);
        key.Dispose();
        key.Dispose();

        Assert.Throws<ObjectDisposedException>(() => codec.Seal(CodecSome.Session, CodecSome.Key, key, [1]));
        Assert.Throws<ObjectDisposedException>(() => codec.Open(CodecSome.Session, CodecSome.Key, [key], envelope));

        var masterKey = MasterKey.Generate();
        masterKey.Dispose();
        Assert.Throws<ObjectDisposedException>(() => masterKey.ToBase64());
    }

    [Theory]
    [MemberData(nameof(CodecSome.Ciphers), MemberType = typeof(CodecSome))]
    public void Dispose_AfterUse_ClearsEveryCopyOfTheKey(EnvelopeCipher id)
    {
        CodecSome.Require(id);
        var cipher = CipherSet.BuiltIn.ForSealing(id);
        var material = new KeyMaterial(CodecSome.Noise(32), "purpose"u8);
        var box = new byte[19];
        material.Seal(cipher, new byte[cipher.NonceSize], [], [1, 2, 3], box);
        Assert.True(material.TryOpen(cipher, new byte[cipher.NonceSize], [], box, new byte[3]));
        material.Derive("info"u8, new byte[8]);
        material.CopyTo(new byte[32]);
        var keyed = Field<KeyedCipher[]>(material, "_keyed").Single();
        byte[][] copies = [Field<byte[]>(material, "_bytes"), Field<byte[]>(keyed, "_key")];
        Assert.All(copies, copy => Assert.NotEqual(new byte[32], copy));

        material.Dispose();

        Assert.All(copies, copy => Assert.Equal(new byte[32], copy));
    }

    // A key that is cleared while somebody seals with it would seal with zeros, and anybody could read that.
    [Theory]
    [MemberData(nameof(CodecSome.Ciphers), MemberType = typeof(CodecSome))]
    public async Task Dispose_DuringUse_NeverSealsWithAClearedKey(EnvelopeCipher cipher)
    {
        var codec = CodecSome.Codec(cipher);
        for (var round = 0; round < 40; round++)
        {
            var bytes = CodecSome.Noise(32);
            var key = new DataKey(new DataKeyId(1), bytes);
            using var copy = new DataKey(new DataKeyId(1), bytes);
            using var ready = new Barrier(3);
            var sealers = Enumerable.Range(0, 2).Select(_ => Task.Run(() =>
            {
                var envelopes = new List<byte[]>();
                ready.SignalAndWait();
                try
                {
                    for (var i = 0; i < 200; i++)
                        envelopes.Add(codec.Seal(CodecSome.Session, CodecSome.Key, key, [1, 2, 3]));
                }
                catch (ObjectDisposedException)
                {
                }

                return envelopes;
            })).ToList();
            ready.SignalAndWait(TestContext.Current.CancellationToken);
            key.Dispose();

            foreach (var envelope in (await Task.WhenAll(sealers)).SelectMany(e => e))
                Assert.Null(codec.TryOpen(CodecSome.Session, CodecSome.Key, [copy], envelope, out _));
        }
    }

    private static T Field<T>(object owner, string name)
    {
        // A private field of a base class is found only there.
        FieldInfo? field = null;
        for (var type = owner.GetType(); type is not null && field is null; type = type.BaseType)
            field = type.GetField(name, BindingFlags.Instance | BindingFlags.NonPublic);
        return Assert.IsType<T>(field?.GetValue(owner));
    }
}
