"""Learning from a file of chat examples, as OpenAI's fine-tuning takes it. Knows nothing of the file's format."""

from services.augmenter.linguistics.language import guess_language
from services.augmenter.progress import Report
from services.augmenter.selection.tally import Tally
from services.augmenter.sources.examples import ExampleSource
from services.augmenter.strategies.draft import Draft
from services.augmenter.strategies.examples import ExampleLesson
from services.augmenter.ways.way import BuildJob, Material
from services.common.errors import InvalidArgument


class ExamplesWay:
    """Teaches each conversation of one file with the answer that it ends with."""

    def __init__(self, source: ExampleSource, lesson: ExampleLesson) -> None:
        self._source = source
        self._lesson = lesson

    async def gather(self, job: BuildJob, report: Report) -> Material:
        """Read the file; raises InvalidArgument that names the line at fault, or NotFound where the file is gone."""
        if len(job.files) != 1:
            raise InvalidArgument("Name exactly one file of chat examples to learn from.", field="file_ids")
        source, examples = await self._source.read(job.tenant, job.user, job.files[0])
        report(1.0, examples=len(examples))
        return Material(
            statement=f"“{source.title}”",
            language=guess_language("\n".join(example.prompt[-1].content for example in examples)),
            sources=(source,),
            examples=examples,
        )

    async def draft(self, material: Material, seed: int, tally: Tally, report: Report) -> Draft:
        """What each example teaches."""
        return await self._lesson.draft(material.examples, seed, tally, report)
