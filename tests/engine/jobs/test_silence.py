from services.engine.jobs.silence import Silence


def hangs_at(silence, seconds, processor_share=0.0, progress=lambda second: "same"):
    """Observe once a second and return the first second at which the job hangs, or None."""
    for second in range(seconds):
        if silence.observe(progress(second), 1000.0 + second, processor_share * second):
            return second
    return None


def test_a_job_that_waits_hangs_after_the_limit():
    assert hangs_at(Silence(60.0), 100) == 61


def test_a_job_that_computes_gets_six_times_as_long():
    assert hangs_at(Silence(60.0), 1000, processor_share=0.9) == 361


def test_progress_starts_the_time_again():
    assert hangs_at(Silence(60.0), 1000, progress=lambda second: second // 50) is None
    assert hangs_at(Silence(60.0), 1000, progress=lambda second: min(second, 100)) == 161


def test_the_time_of_a_suspended_machine_does_not_count():
    silence = Silence(60.0)
    assert not silence.observe("same", 0.0, 0.0)
    assert not silence.observe("same", 10_000.0, 0.0)
    assert silence.seconds <= 5.0
