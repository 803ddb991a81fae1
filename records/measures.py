"""The measures that every campaign has (CONTRACT: Figures), as people call them."""

from __future__ import annotations

from records.campaigns import Measure

STANDARD_MEASURES = (
    Measure("participants", "参与人次", "人次"),
    Measure("trainings", "培训", "场"),
    Measure("drills", "演练", "场"),
    Measure("hazards_found", "排查隐患", "处"),
    Measure("hazards_fixed", "整改隐患", "处"),
    Measure("leaflets", "发放宣传资料", "份"),
    Measure("banners", "悬挂横幅标语", "条"),
    Measure("consultations", "接受咨询", "人次"),
    Measure("quiz_participants", "网络答题", "人次"),
    Measure("notes_posted", "安全笔记", "篇"),
)


def with_standard(own: tuple[Measure, ...]) -> tuple[Measure, ...]:
    """The standard measures, each as the campaign words it where it does, then the campaign's own."""
    named = {measure.name: measure for measure in own}
    standard = tuple(named.get(measure.name, measure) for measure in STANDARD_MEASURES)
    known = {measure.name for measure in standard}
    return standard + tuple(measure for measure in own if measure.name not in known)
