/** Keeps the end of a growing text in sight, unless somebody has scrolled away from it. */

const NEAR_PIXELS = 80;

/** Follow the end of `element`; returns a function that goes there at once. */
export function followEnd(element) {
  let isFollowing = true;
  const toEnd = () => {
    element.scrollTop = element.scrollHeight;
    isFollowing = true;
  };
  element.addEventListener("scroll", () => {
    isFollowing = element.scrollHeight - element.scrollTop - element.clientHeight < NEAR_PIXELS;
  });
  new MutationObserver(() => isFollowing && toEnd()).observe(element, { childList: true, subtree: true, characterData: true });
  return toEnd;
}
