export const print=()=>'';
