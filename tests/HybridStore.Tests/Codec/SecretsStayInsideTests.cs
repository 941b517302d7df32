using System.Text;
using HybridStore.Codec;

namespace HybridStore.Tests.Codec;

/// <summary>No value and no key in what an exception says, whatever goes wrong.</summary>
public class SecretsStayInsideTests
{
    [Theory]
    [MemberData(nameof(CodecSome.Ciphers), MemberType = typeof(CodecSome))]
    public void Errors_OfEveryKind_ShowNeitherValueNorKey(EnvelopeCipher cipher)
    {
        var codec = CodecSome.Codec(cipher, compressionThreshold: 0);
        var secret = "5eC9eT-vALue-thAT-no-oNe-mAy-sEe"u8.ToArray();
        using var masterKey = MasterKey.FromBytes(secret);
        var wrapper = new DataKeyWrapper(masterKey, cipher);
        using var key = new DataKey(new DataKeyId(1), secret);
        var envelope = codec.Seal(CodecSome.Session, CodecSome.Key, key, secret);
        var wrapped = wrapper.Wrap(CodecSome.Session, 1, key);
        var errors = new List<string>();

        for (var i = 0; i < envelope.Length; i++)
        {
            var changed = (byte[])envelope.Clone();
            changed[i] ^= 0x80;
            errors.Add(Assert.ThrowsAny<AuthStoreException>(() => codec.Open(CodecSome.Session, CodecSome.Key, [key], changed)).ToString());
        }

        for (var i = 0; i < wrapped.Bytes.Length; i++)
        {
            var changed = wrapped.Bytes.ToArray();
            changed[i] ^= 0x80;
            errors.Add(Assert.Throws<MasterKeyException>(() => wrapper.Unwrap(CodecSome.Session, 1, wrapped with { Bytes = changed })).ToString());
        }

        errors.Add(Assert.Throws<EnvelopeException>(() => codec.Open(CodecSome.Session, CodecSome.Key, [key], secret)).ToString());
        errors.Add(Assert.Throws<MasterKeyException>(() => MasterKey.Parse(Encoding.UTF8.GetString(secret))).ToString());
        errors.Add($"{key} {masterKey} {codec} {wrapper} {wrapped}");

        foreach (var error in errors)
        {
            Assert.DoesNotContain(Encoding.UTF8.GetString(secret), error, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain(Convert.ToBase64String(secret), error, StringComparison.Ordinal);
            Assert.DoesNotContain(Convert.ToHexString(secret), error, StringComparison.OrdinalIgnoreCase);
        }
    }

    [Theory]
    [MemberData(nameof(CodecSome.Ciphers), MemberType = typeof(CodecSome))]
    public void Envelopes_ContainNoPartOfValueOrKey(EnvelopeCipher cipher)
    {
        var codec = CodecSome.Codec(cipher);
        using var masterKey = MasterKey.Generate();
        var (key, wrapped) = new DataKeyWrapper(masterKey, cipher).Create(CodecSome.Session, 1);
        var bytes = new byte[KeyMaterial.Size];
        key.Material.CopyTo(bytes);
        var value = CodecSome.Noise(400);

        var envelope = codec.Seal(CodecSome.Session, CodecSome.Key, key, value);

        for (var at = 0; at + 8 <= value.Length; at++)
            Assert.Equal(-1, envelope.AsSpan().IndexOf(value.AsSpan(at, 8)));
        for (var at = 0; at + 8 <= bytes.Length; at++)
        {
            Assert.Equal(-1, wrapped.Bytes.Span.IndexOf(bytes.AsSpan(at, 8)));
            Assert.Equal(-1, envelope.AsSpan().IndexOf(bytes.AsSpan(at, 8)));
        }

        key.Dispose();
    }
}
