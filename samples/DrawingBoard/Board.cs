using Kodama;

/// <summary>What is drawn on one board. Thread-safe.</summary>
internal sealed class Board
{
    private const int MaxStrokes = 2_000;
    private readonly Lock gate = new();
    private readonly Queue<Stroke> strokes = new();

    public Stroke[] Strokes
    {
        get
        {
            lock (gate) return [.. strokes];
        }
    }

    /// <summary>False, if it is no stroke. The oldest goes where there are too many.</summary>
    public bool TryAdd(Stroke? stroke)
    {
        if (stroke is not { Color.Length: <= 20, Points.Length: >= 2 and <= Stroke.MaxNumbers }) return false;
        lock (gate)
        {
            strokes.Enqueue(stroke);
            if (strokes.Count > MaxStrokes) strokes.Dequeue();
        }
        return true;
    }

    public void Clear()
    {
        lock (gate) strokes.Clear();
    }
}

/// <param name="Color">As CSS writes it.</param>
/// <param name="Points">x and y in turn, each from 0 to 1.</param>
internal sealed record Stroke(string Color, double[] Points)
{
    public const int MaxNumbers = 200;
}

internal sealed record Join(string Board, string Name)
{
    public const string Rule = "1 to 40 characters";

    public static bool IsName(string? text) => text is { Length: <= 40 } && RoomName.IsValid(text);
}

/// <param name="Problem">Why not; null, if the socket has joined.</param>
/// <param name="Strokes">What is on the board.</param>
/// <param name="People">Who is at it.</param>
internal sealed record Joined(string? Problem, Stroke[] Strokes, string[] People);
