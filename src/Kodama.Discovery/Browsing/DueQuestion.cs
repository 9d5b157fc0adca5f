namespace Kodama.Discovery;

/// <summary>A question that is to be asked now.</summary>
/// <param name="Link">On this link.</param>
/// <param name="Question">What is asked.</param>
/// <param name="Port">From which port.</param>
/// <param name="WithAnswers">Whether what is known already goes along (RFC 6762 section 7.1).</param>
internal sealed record DueQuestion(int Link, DnsQuestion Question, QuestionPort Port, bool WithAnswers = false);
