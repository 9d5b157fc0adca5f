namespace Kodama.Discovery;

/// <summary>Questions that leave in one message.</summary>
internal sealed record OutgoingQuestion(int Link, QuestionPort Port, DnsMessage Message);
