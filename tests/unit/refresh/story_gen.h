#pragma once

#include <vector>

#include <rapidcheck.h>

#include "story.h"

namespace xplenty {

// Which steps a story has: each kind as often as it is listed.
using StepKinds = std::vector<StepKind>;

inline StepKinds operator+(StepKinds a, const StepKinds& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

// Jobs that live as they should.
inline const StepKinds kLife = {StepKind::kCreate, StepKind::kCreate,   StepKind::kStart,
                                StepKind::kStart,  StepKind::kProgress, StepKind::kEnd,
                                StepKind::kEnd,    StepKind::kEnd};
// Corrections that no promise is broken by.
inline const StepKinds kOddities = {
    StepKind::kTie,    StepKind::kChangeStatus, StepKind::kTouch,
    StepKind::kTouch,  StepKind::kWriteOutputs, StepKind::kReopen,
    StepKind::kRename, StepKind::kDelete,       StepKind::kDateAhead};
inline const StepKinds kRefreshes = {StepKind::kPass,    StepKind::kPass,      StepKind::kRefresh,
                                     StepKind::kRefresh, StepKind::kReconcile, StepKind::kScrape};
inline const StepKinds kTrouble = {StepKind::kFailPages, StepKind::kFillDisk, StepKind::kKill,
                                   StepKind::kRestart};
inline const StepKinds kPages = {StepKind::kNextPage, StepKind::kNextPage, StepKind::kPass};

// A server that does what it is request, at any time of the day; `odd`: one that may not.
rc::Gen<World> GenWorld(bool odd);

// The steps of a story in that world, and what happens between its pages.
std::vector<Step> DrawSteps(const World& world, const StepKinds& kinds);
std::vector<Step> DrawBetween(const StepKinds& kinds);

}  // namespace xplenty
