using HybridStore.Codec;

namespace HybridStore.Tests.Codec;

/// <summary>Published vectors, and boxes that other implementations made, at the level of the primitives.</summary>
public class CipherVectorTests
{
    // tests/secretbox.c of NaCl and libsodium.
    private const string NaClKey = "1b27556473e985d462cd51197a9a46c76009549eac6474f206c4ee0844f68389";
    private const string NaClNonce = "69696ee955b62b73cd62bda875fc73d68219e0036b7a0b37";
    private const string NaClMessage =
        "be075fc53c81f2d5cf141316ebeb0c7b5228c52a4c62cbd44b66849b64244ffce5ecbaaf33bd751a1ac728d45e6c61296cdc3c01233561f41db66cce314adb31"
        + "0e3be8250c46f06dceea3a7fa1348057e2f6556ad6b1318a024a838f21af1fde048977eb48f59ffd4924ca1c60902e52f0a089bc76897040e082f93776384864"
        + "5e0705";

    private const string NaClBox =
        "f3ffc7703f9400e52a7dfb4b3d3305d98e993b9f48681273c29650ba32fc76ce48332ea7164d96a4476fb8c531a1186ac0dfc17c98dce87b4da7f011ec48c972"
        + "71d2c20f9b928fe2270d6fb863d51738b48eeee314a7cc8ab932164548e526ae90224368517acfeabd6bb3732bc0e9da99832b61ca01b6de56244a9e88d5f9b3"
        + "7973f622a43d14a6599b1f654cb45a74e355a5";

    private const string TweetNaClKey = "01080f161d242b323940474e555c636a71787f868d949ba2a9b0b7bec5ccd3da";
    private const string TweetNaClNonce = "030e19242f3a45505b66717c87929da8b3bec9d4dfeaf500";

    [Theory]
    [InlineData(NaClKey, NaClNonce, NaClMessage, NaClBox)]

    // Made by tweetnacl-js 1.0.3.
    [InlineData(TweetNaClKey, TweetNaClNonce, "", "a4a32af871d16cfa8d125a76754f2582")]
    [InlineData(
        TweetNaClKey,
        TweetNaClNonce,
        "7b2274797065223a22427566666572222c2264617461223a2242513d3d227d",
        "de5de80c643eec3bef3d9dc9bf97d7a32fe0afc05a10295e085aa7457f54217421d2515d169b044c40aac572b405f0")]
    [InlineData(
        TweetNaClKey,
        TweetNaClNonce,
        "00010409101924314051647990a9c4e10021446990b9e4114071a4d9104984c1004184c91059a4f14091e43990e944a10061c42990f964d140b124991089048100"
        + "810489109924b140d164f99029c46100a144e99039e49140f1a45910c9844100c18449",
        "cc5e63414c4a1ae9923b28e8f6acf49554c3dfb03a6c2f556a49b65a899897b70dd17155f243c26722993096996e095ddaf6f6601bd58b1ab779591e4d62234"
        + "49c2d574bb3a72e9cc89f85cdb35c289300194df71ddfa0839bc7f4227150b42db2eff36d046278b06d16e623c29f05b654faccef")]
    public void SecretBox_OfAnotherImplementation_IsTheSame(string key, string nonce, string message, string box)
    {
        CodecSome.Require(EnvelopeCipher.XSalsa20Poly1305);
        var sealedBox = new byte[box.Length / 2];
        var opened = new byte[message.Length / 2];

        LibSodium.SecretBox(Hex(key), Hex(nonce), Hex(message), sealedBox);
        Assert.True(LibSodium.TryOpenSecretBox(Hex(key), Hex(nonce), Hex(box), opened));

        Assert.Equal(box, Convert.ToHexStringLower(sealedBox));
        Assert.Equal(message, Convert.ToHexStringLower(opened));
    }

    [Fact]
    public void SecretBox_Changed_DoesNotOpen()
    {
        CodecSome.Require(EnvelopeCipher.XSalsa20Poly1305);
        var box = Hex(NaClBox);
        for (var i = 0; i < box.Length; i++)
        {
            box[i] ^= 1;
            Assert.False(LibSodium.TryOpenSecretBox(Hex(NaClKey), Hex(NaClNonce), box, new byte[box.Length - 16]));
            box[i] ^= 1;
        }
    }

    [Fact]
    public void SecretBox_WithBuffersThatDoNotFit_IsRefused()
    {
        CodecSome.Require(EnvelopeCipher.XSalsa20Poly1305);

        Assert.Throws<ArgumentException>(() => LibSodium.SecretBox(new byte[31], new byte[24], new byte[1], new byte[17]));
        Assert.Throws<ArgumentException>(() => LibSodium.SecretBox(new byte[32], new byte[23], new byte[1], new byte[17]));
        Assert.Throws<ArgumentException>(() => LibSodium.SecretBox(new byte[32], new byte[24], new byte[1], new byte[16]));
        Assert.Throws<ArgumentException>(() => LibSodium.TryOpenSecretBox(new byte[31], new byte[24], new byte[17], new byte[1]));
        Assert.Throws<ArgumentException>(() => LibSodium.TryOpenSecretBox(new byte[32], new byte[23], new byte[17], new byte[1]));
        Assert.Throws<ArgumentException>(() => LibSodium.TryOpenSecretBox(new byte[32], new byte[24], new byte[15], []));
        Assert.Throws<ArgumentException>(() => LibSodium.TryOpenSecretBox(new byte[32], new byte[24], new byte[17], []));
    }

    [Theory]

    // Made by Python's hashlib.blake2b(message, key=key, digest_size=32).
    [InlineData("", "1a509340bb1a9e6fe32e9346d17b13c75462909918b4543b44b2bd42f965c492")]
    [InlineData("48796272696453746f7265", "33588900c0a2456d46930f915ce567d7c2ce1daa118531aeef016adc422fc530")]
    public void KeyedHash_OfAnotherImplementation_IsTheSame(string message, string expected)
    {
        CodecSome.Require(EnvelopeCipher.XSalsa20Poly1305);
        var hash = new byte[32];

        LibSodium.KeyedHash(Hex(TweetNaClKey), Hex(message), hash);

        Assert.Equal(expected, Convert.ToHexStringLower(hash));
    }

    [Theory]

    // NIST CAVP, gcmEncryptExtIV256.rsp: IVlen 96, PTlen 128, AADlen 0 and 128, Taglen 128, the first of each.
    [InlineData(
        "31bdadd96698c204aa9ce1448ea94ae1fb4a9a0b3c9d773b51bb1822666b8f22", "0d18e06c7c725ac9e362e1ce", "2db5168e932556f8089a0622981d017d", "",
        "fa4362189661d163fcd6a56d8bf0405a" + "d636ac1bbedd5cc3ee727dc2ab4a9489")]
    [InlineData(
        "92e11dcdaa866f5ce790fd24501f92509aacf4cb8b1339d50c9c1240935dd08b", "ac93a1a6145299bde902f21a", "2d71bcfa914e4ac045b2aa60955fad24",
        "1e0889016f67601c8ebea4943bc23ad6", "8995ae2e6df3dbf96fac7b7137bae67f" + "eca5aa77d51d4a0a14d9c51e1da474ab")]

    // Test case 16 of the GCM specification (McGrew and Viega).
    [InlineData(
        "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308", "cafebabefacedbaddecaf888",
        "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39",
        "feedfacedeadbeeffeedfacedeadbeefabaddad2",
        "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662"
        + "76fc6ece0f4e1768cddf8853bb2d551b")]
    public void Aes256Gcm_OfThePublishedVectors_IsTheSame(string key, string nonce, string plaintext, string associatedData, string box) =>
        AssertVector(EnvelopeCipher.Aes256Gcm, key, nonce, plaintext, associatedData, box);

    [Theory]

    // RFC 8439, 2.8.2 and A.5.
    [InlineData(
        "808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f", "070000004041424344454647",
        "4c616469657320616e642047656e746c656d656e206f662074686520636c617373206f66202739393a204966204920636f756c64206f6666657220796f75206f"
        + "6e6c79206f6e652074697020666f7220746865206675747572652c2073756e73637265656e20776f756c642062652069742e",
        "50515253c0c1c2c3c4c5c6c7",
        "d31a8d34648e60db7b86afbc53ef7ec2a4aded51296e08fea9e2b5a736ee62d63dbea45e8ca9671282fafb69da92728b1a71de0a9e060b2905d6a5b67ecd3b36"
        + "92ddbd7f2d778b8c9803aee328091b58fab324e4fad675945585808b4831d7bc3ff4def08e4b7a9de576d26586cec64b6116"
        + "1ae10b594f09e26a7e902ecbd0600691")]
    [InlineData(
        "1c9240a5eb55d38af333888604f6b5f0473917c1402b80099dca5cbc207075c0", "000000000102030405060708",
        "496e7465726e65742d4472616674732061726520647261667420646f63756d656e74732076616c696420666f722061206d6178696d756d206f6620736978206d"
        + "6f6e74687320616e64206d617920626520757064617465642c207265706c616365642c206f72206f62736f6c65746564206279206f7468657220646f63756d65"
        + "6e747320617420616e792074696d652e20497420697320696e617070726f70726961746520746f2075736520496e7465726e65742d4472616674732061732072"
        + "65666572656e6365206d6174657269616c206f7220746f2063697465207468656d206f74686572207468616e206173202fe2809c776f726b20696e2070726f67"
        + "726573732e2fe2809d",
        "f33388860000000000004e91",
        "64a0861575861af460f062c79be643bd5e805cfd345cf389f108670ac76c8cb24c6cfc18755d43eea09ee94e382d26b0bdb7b73c321b0100d4f03b7f355894cf"
        + "332f830e710b97ce98c8a84abd0b948114ad176e008d33bd60f982b1ff37c8559797a06ef4f0ef61c186324e2b3506383606907b6a7c02b0f9f6157b53c867e4"
        + "b9166c767b804d46a59b5216cde7a4e99040c5a40433225ee282a1b0a06c523eaf4534d7f83fa1155b0047718cbc546a0d072b04b3564eea1b422273f548271a"
        + "0bb2316053fa76991955ebd63159434ecebb4e466dae5a1073a6727627097a1049e617d91d361094fa68f0ff77987130305beaba2eda04df997b714d6c6f2c29"
        + "a6ad5cb4022b02709b"
        + "eead9d67890cbb22392336fea1851f38")]
    public void ChaCha20Poly1305_OfThePublishedVectors_IsTheSame(string key, string nonce, string plaintext, string associatedData, string box) =>
        AssertVector(EnvelopeCipher.ChaCha20Poly1305, key, nonce, plaintext, associatedData, box);

    private static void AssertVector(EnvelopeCipher cipher, string key, string nonce, string plaintext, string associatedData, string box)
    {
        using var keyed = CipherSet.BuiltIn.ForSealing(cipher).Key(Hex(key));
        var sealedBox = new byte[box.Length / 2];
        var opened = new byte[plaintext.Length / 2];

        keyed.Seal(Hex(nonce), Hex(associatedData), Hex(plaintext), sealedBox);
        Assert.True(keyed.TryOpen(Hex(nonce), Hex(associatedData), Hex(box), opened));

        Assert.Equal(box, Convert.ToHexStringLower(sealedBox));
        Assert.Equal(plaintext, Convert.ToHexStringLower(opened));
    }

    private static byte[] Hex(string hex) => Convert.FromHexString(hex);
}
