namespace Kodama;

/// <summary>
/// By what right something is published: looked at again where it gets its place, as filters may have taken their time. None for the
/// program's own word.
/// </summary>
internal readonly record struct Standing(Membership? Member, Visit? Visit);
