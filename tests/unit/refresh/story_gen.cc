// This is in its own file, since RapidCheck's generators take long to compile.

#include "story_gen.h"

#include <cstdint>

namespace xplenty {
namespace {

// `longest_pass` is the most time that passes in one step, in seconds.
rc::Gen<std::vector<Step>> GenSteps(const StepKinds& kinds, int longest_pass) {
  const auto step = rc::gen::mapcat(rc::gen::elementOf(kinds), [longest_pass](StepKind kind) {
    const int most = kind == StepKind::kPass ? longest_pass : kind == StepKind::kTie ? 12 : 150;
    return rc::gen::build<Step>(
        rc::gen::set(&Step::kind, rc::gen::just(kind)),
        rc::gen::set(&Step::which, rc::gen::inRange(0, 20)),
        rc::gen::set(&Step::value, rc::gen::inRange(0, most)),
        rc::gen::set(&Step::lag, rc::gen::oneOf(rc::gen::just(0), rc::gen::inRange(0, 60))));
  });
  return rc::gen::container<std::vector<Step>>(step);
}

}  // namespace

rc::Gen<World> GenWorld(bool faulty) {
  using Order = ListServer::Order;
  const auto order = faulty
                         ? rc::gen::element(Order::kAsRequested, Order::kTiesShuffled, Order::kById,
                                            Order::kByIdReversed, Order::kNewestFirst)
                         : rc::gen::element(Order::kAsRequested, Order::kTiesShuffled);
  const auto sometimes = [faulty] {
    return faulty ? rc::gen::arbitrary<bool>() : rc::gen::just(false);
  };
  const auto world = rc::gen::build<World>(
      rc::gen::set(&World::page_size, rc::gen::element<size_t>(2, 3, 4, 7)),
      rc::gen::set(&World::order, order), rc::gen::set(&World::ignores_since, sometimes()),
      rc::gen::set(&World::repeats_rows, sometimes()),
      rc::gen::set(&World::sends_date,
                   rc::gen::map(sometimes(), [](bool not_so) { return !not_so; })),
      rc::gen::set(&World::skew_seconds,
                   rc::gen::oneOf(rc::gen::just(0), rc::gen::inRange(-600, 600),
                                  rc::gen::inRange(-100'000'000, 100'000'000))),
      rc::gen::set(&World::rows_lag, rc::gen::arbitrary<bool>()));
  // With small pages, a shuffled tie would hide a row from all passes too often.
  return rc::gen::map(world, [](World drawn) {
    if (drawn.order == Order::kTiesShuffled) drawn.page_size = 10;
    return drawn;
  });
}

std::vector<Step> DrawSteps(const World& world, const StepKinds& kinds) {
  return *GenSteps(kinds, world.Exact() ? 100'000 : 1'000);
}

std::vector<Step> DrawBetween(const StepKinds& kinds) {
  return *GenSteps(kinds + kPages, 100);
}

}  // namespace xplenty
