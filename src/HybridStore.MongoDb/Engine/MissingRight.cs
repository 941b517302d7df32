using MongoDB.Bson;
using MongoDB.Driver;

namespace HybridStore.MongoDb.Engine;

/// <summary>
/// Which right a user lacks, by the command that the server refused. The server's own text says no more, and repeats what the command looks for, so it is not shown.
/// </summary>
internal static class MissingRight
{
    /// <summary>The code of a command that the user may not send, and of any where a user is asked for and there is none.</summary>
    public const int Unauthorized = 13;

    private const string AsksForUser = "requires authentication";

    /// <summary>What is missing and what to do, for people.</summary>
    /// <param name="e">The server's refusal.</param>
    /// <param name="client">Tells whether there is a user.</param>
    public static string Describe(Exception e, IMongoClient client)
    {
        if (e is not MongoCommandException refusal)
            return "the user has not the rights for it (Unauthorized). Give it the role readWrite on the database";
        if (refusal.ErrorMessage is { } text && text.EndsWith(AsksForUser, StringComparison.Ordinal) && client.Settings.Credential is null)
            return "it asks for a user, and the connection string names no user (Unauthorized). Put one in, such as mongodb://user:password@host/database?authSource=admin";
        var command = refusal.Command;
        var name = command?.ElementCount > 0 ? command.GetElement(0).Name : "";
        string user = client.Settings.Credential is { } credential ? $"the user \"{credential.Username}\"" : "the user";
        return RightOf(name) is { } right
            ? $"{user} has not the right {right} (Unauthorized), which the command {name} needs on {Where(command!)}. Give it the role readWrite on the database, or this right"
            : $"{user} has not the right to {name} (Unauthorized). Give it the role readWrite on the database";
    }

    // MongoDB's privilege actions.
    private static string? RightOf(string command) => command switch
    {
        "find" or "aggregate" or "getMore" => "find",
        "insert" => "insert",
        "update" => "update (and insert, where it finds nothing to update)",
        "delete" => "remove",
        "create" => "createCollection",
        "createIndexes" => "createIndex",
        _ => null,
    };

    private static string Where(BsonDocument command)
    {
        var collections = new SortedSet<string>(StringComparer.Ordinal);
        Gather(command.GetValue("collection", command[0]), collections);
        if (command.TryGetValue("pipeline", out var pipeline))
            GatherJoined(pipeline, collections);
        return string.Join(" or ", collections);
    }

    private static void GatherJoined(BsonValue value, SortedSet<string> collections)
    {
        if (value is BsonArray array)
        {
            foreach (var item in array)
                GatherJoined(item, collections);
        }
        else if (value is BsonDocument document)
        {
            foreach (var element in document)
            {
                if (element is { Name: "$unionWith", Value: BsonDocument union })
                    Gather(union.GetValue("coll", BsonNull.Value), collections);
                else if (element is { Name: "$lookup", Value: BsonDocument lookup })
                    Gather(lookup.GetValue("from", BsonNull.Value), collections);
                GatherJoined(element.Value, collections);
            }
        }
    }

    private static void Gather(BsonValue name, SortedSet<string> collections)
    {
        if (name.IsString)
            collections.Add(name.AsString);
    }
}
