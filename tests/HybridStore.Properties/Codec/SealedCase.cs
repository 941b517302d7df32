using System.Security.Cryptography;
using FsCheck;
using FsCheck.Fluent;
using HybridStore.Codec;
using HybridStore.Properties.Support;

namespace HybridStore.Properties.Codec;

/// <summary>A value in its place, and how it is sealed.</summary>
internal sealed record SealedCase(AuthSessionId Session, AuthKey Key, EnvelopeCipher Cipher, int CompressionThreshold, Blob Value)
{
    public static Gen<SealedCase> Any { get; } =
        from session in Some.Session
        from key in Some.Key
        from cipher in Some.Cipher
        from threshold in Gen.Elements(-1, 0, 1, 512, 4096, int.MaxValue)
        from value in Some.Value
        select new SealedCase(session, key, cipher, threshold, new Blob(value));

    public static DataKey DataKey { get; } = new(new DataKeyId(0x0123_4567_89ab_cdef), RandomNumberGenerator.GetBytes(KeyMaterial.Size));

    public EnvelopeCodec Codec => new(new EnvelopeCodecOptions { Cipher = Cipher, CompressionThreshold = CompressionThreshold });

    public byte[] Seal() => Codec.Seal(Session, Key, DataKey, Value.Bytes);

    public IEnumerable<SealedCase> Smaller()
    {
        foreach (var value in Support.Smaller.Bytes(Value.Bytes))
            yield return this with { Value = new Blob(value) };
        foreach (var name in Support.Smaller.Name(Session.Tenant))
            yield return this with { Session = new AuthSessionId(name, Session.Session) };
        foreach (var name in Support.Smaller.Name(Session.Session))
            yield return this with { Session = new AuthSessionId(Session.Tenant, name) };
        foreach (var name in Support.Smaller.Name(Key.Type))
            yield return this with { Key = new AuthKey(name, Key.Id) };
        foreach (var name in Support.Smaller.Name(Key.Id))
            yield return this with { Key = new AuthKey(Key.Type, name) };
    }
}
