using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using MongoDB.Bson;

namespace HybridStore.MongoDb.Tests.Support;

/// <summary>The server's side of SCRAM-SHA-256 (RFC 7677), for one user.</summary>
/// <remarks>
/// As mongod has it: who does not exist is refused at saslStart, who has another password at saslContinue, both with 18, AuthenticationFailed, and "Authentication failed."
/// (mongodb/mongo: src/mongo/db/auth/sasl_commands.cpp, src/mongo/db/auth/authorization_manager.cpp, src/mongo/base/error_codes.yml).
/// </remarks>
internal sealed class ScramUser(string name, string password)
{
    public const string Options = "&authMechanism=SCRAM-SHA-256";
    private const int Iterations = 4096;
    private readonly ConcurrentDictionary<int, (string ClientFirst, string ServerFirst, byte[] Salted)> _conversations = new();
    private int _last;

    /// <summary>What is asked for from now on.</summary>
    public string Password { get; set; } = password;

    public static BsonDocument Refusal { get; } = Error(18, "AuthenticationFailed", "Authentication failed.");

    public static BsonDocument Error(int code, string name, string text) => new() { { "ok", 0.0 }, { "errmsg", text }, { "code", code }, { "codeName", name } };

    /// <summary>The answer to a step of the conversation; null: it is another command.</summary>
    public BsonDocument? Answer(BsonDocument command) => command.GetElement(0).Name switch
    {
        "saslStart" => Start(Encoding.UTF8.GetString(command["payload"].AsByteArray)),
        "saslContinue" => Continue(command["conversationId"].AsInt32, Encoding.UTF8.GetString(command["payload"].AsByteArray)),
        _ => null,
    };

    private BsonDocument Start(string payload)
    {
        var clientFirst = payload[payload.IndexOf("n=", StringComparison.Ordinal)..];
        if (Field(clientFirst, 'n') != name)
            return Refusal;
        byte[] salt = RandomNumberGenerator.GetBytes(28);
        var serverFirst = string.Create(
            CultureInfo.InvariantCulture, $"r={Field(clientFirst, 'r')}{Convert.ToHexString(RandomNumberGenerator.GetBytes(12))},s={Convert.ToBase64String(salt)},i={Iterations}");
        int conversation = Interlocked.Increment(ref _last);
        _conversations[conversation] = (clientFirst, serverFirst, Rfc2898DeriveBytes.Pbkdf2(Password, salt, Iterations, HashAlgorithmName.SHA256, 32));
        return Step(conversation, serverFirst, done: false);
    }

    private BsonDocument Continue(int conversation, string payload)
    {
        if (!_conversations.TryRemove(conversation, out var begun))
            return Step(conversation, "", done: true);
        var (clientFirst, serverFirst, salted) = begun;
        var message = Encoding.UTF8.GetBytes($"{clientFirst},{serverFirst},{payload[..payload.LastIndexOf(",p=", StringComparison.Ordinal)]}");
        byte[] clientKey = HMACSHA256.HashData(salted, "Client Key"u8);
        byte[] signature = HMACSHA256.HashData(SHA256.HashData(clientKey), message);
        byte[] proof = [.. clientKey.Zip(signature, static (a, b) => (byte)(a ^ b))];
        if (Field(payload, 'p') != Convert.ToBase64String(proof))
            return Refusal;
        return Step(conversation, $"v={Convert.ToBase64String(HMACSHA256.HashData(HMACSHA256.HashData(salted, "Server Key"u8), message))}", done: true);
    }

    private static BsonDocument Step(int conversation, string payload, bool done) =>
        new() { { "conversationId", conversation }, { "done", done }, { "payload", Encoding.UTF8.GetBytes(payload) }, { "ok", 1.0 } };

    private static string Field(string message, char name) => message.Split(',').First(part => part.StartsWith($"{name}=", StringComparison.Ordinal))[2..];
}
